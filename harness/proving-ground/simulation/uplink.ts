import { timeScaled, type PcmClip } from '../../audio';
import type { ReceivedAudio } from '../../ports';
import { derivedSeed, seededUniform } from '../../units';
import { FIRST_RIG_SAMPLE, hostAtMs } from './layout';
import { addAt, inRoom, placed, type Room } from './mixing';
import { noiseOf, type NoiseKind } from './noise';
import { OPUS_DELAY_SAMPLES, OPUS_RATE_HZ, throughOpus } from './opus-path';
import { activeLevelDbFs, type Spoken } from './spoken';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { ceil, floor, log, round } = Math;

const STREAM_RATE_HZ = 24_000;
const PACKET_SAMPLES = 480;
/** The board had been streaming for this long when the capture began. */
const STREAM_AHEAD_MS = 400;
/** From the rig's output through the air to the microphone: 1 m. */
const AIR_MS = 3;
/** Network and host: constant, and what varies from packet to packet. */
const NETWORK_MS = { least: 12, spread: 3 } as const;
/** The board's converter puts the active level of a prompt about here below full scale: -30 dBFS. */
const MICROPHONE_GAIN = 0.3;

export interface UplinkConditions {
  readonly seed: number;
  readonly prompt: Spoken;
  /** Rig sample of the prompt's last speech sample; fractional, counted. */
  readonly promptOffsetAtRigSample: number;
  readonly boardPpm: number;
  readonly micGain: number;
  readonly snrDb: number;
  readonly noise: NoiseKind;
  readonly voices: readonly PcmClip[];
  readonly room: Room | undefined;
  readonly opus: boolean;
  /** Mean of the exponential time by which the provider stamps an arrival too late. */
  readonly stampLatenessMs: number;
  /** How long the stream goes on after the prompt. */
  readonly goesOnForMs: number;
}

export interface Uplink {
  readonly received: ReceivedAudio;
  readonly sound: PcmClip;
  /** Of the prompt's last speech sample in the stream, counted; fractional. */
  readonly offsetAtStreamSample: number;
  /** Arrival of the packet that holds it. */
  readonly endAtMs: number;
  /** Stream sample that the microphone heard at a host time; fractional. */
  readonly streamAt: (atMs: number) => number;
}

/** By how much one stamp after the other is late: exponential times of a mean. */
export const lateStamps =
  (meanMs: number, uniform: () => number): (() => number) =>
  () =>
    meanMs === 0 ? 0 : -meanMs * log(1 - uniform());

/** The prompt's way from the room into the provider: a 16 kHz converter, perhaps Opus, packets of 20 ms, a network. */
export function simulateUplink(conditions: UplinkConditions): Uplink {
  const { seed, prompt, promptOffsetAtRigSample, boardPpm, micGain, snrDb, noise, room, opus } = conditions;
  const uniformFor = (purpose: string): (() => number) => seededUniform(derivedSeed(seed, purpose));
  const boardRate = 1 + boardPpm * 1e-6;
  const streamStartAtMs = hostAtMs(FIRST_RIG_SAMPLE) - STREAM_AHEAD_MS;
  const microphoneAt = (atMs: number): number => ((atMs - streamStartAtMs) * OPUS_RATE_HZ * boardRate) / 1000;
  const perMicrophone = STREAM_RATE_HZ / OPUS_RATE_HZ;

  const offsetAtMicrophone = microphoneAt(hostAtMs(promptOffsetAtRigSample) + AIR_MS);
  const codecSamples = opus ? OPUS_DELAY_SAMPLES : 0;
  const offsetAtStreamSample = (offsetAtMicrophone + codecSamples) * perMicrophone;
  const goesOnForSamples = (conditions.goesOnForMs * STREAM_RATE_HZ) / 1000;
  const packetCount = ceil((offsetAtStreamSample + goesOnForSamples) / PACKET_SAMPLES) + 5;
  const network = uniformFor('network');
  const arrivals = Array.from(
    { length: packetCount },
    (_, n) =>
      streamStartAtMs +
      ((n + 1) * PACKET_SAMPLES * 1000) / (STREAM_RATE_HZ * boardRate) +
      NETWORK_MS.least +
      NETWORK_MS.spread * network(),
  );
  const lateness = lateStamps(conditions.stampLatenessMs, uniformFor('stamps of the uplink'));
  const packets = arrivals.map((arrivedAtMs, n) => ({
    streamSample: n * PACKET_SAMPLES,
    lengthSamples: PACKET_SAMPLES,
    hostAtMs: arrivedAtMs + lateness(),
  }));

  const step = prompt.clip.rateHz / (OPUS_RATE_HZ * boardRate);
  const { samples, atSample } = placed(
    prompt.sound.samples,
    offsetAtMicrophone - prompt.clip.offsetSample / step,
    step,
  );
  const lengthSamples = (packetCount * PACKET_SAMPLES) / perMicrophone;
  const microphone = new Float32Array(lengthSamples);
  addAt(microphone, inRoom(samples, room, OPUS_RATE_HZ, uniformFor('room at the microphone')), atSample, 1);
  const sound = { lengthSamples, rateHz: OPUS_RATE_HZ, voices: conditions.voices };
  const noiseRms = 10 ** ((activeLevelDbFs(prompt.sound) - snrDb) / 20);
  addAt(
    microphone,
    noiseOf(noise, { ...sound, uniform: uniformFor('noise at the microphone') }),
    0,
    noiseRms,
  );
  const gain = MICROPHONE_GAIN * micGain;
  for (let n = 0; n < lengthSamples; n++) microphone[n] = (microphone[n] ?? 0) * gain;

  const decoded = opus ? throughOpus(microphone) : microphone;
  const stream = timeScaled(decoded, {
    start: 0,
    step: 1 / perMicrophone,
    lengthSamples: packetCount * PACKET_SAMPLES,
  });
  return {
    received: {
      sessionId: 's1',
      path: 'received/1.wav',
      rateHz: STREAM_RATE_HZ,
      firstStreamSample: 0,
      lengthSamples: stream.length,
      packets,
    },
    sound: { samples: stream, rateHz: STREAM_RATE_HZ },
    offsetAtStreamSample,
    endAtMs: arrivals[floor(round(offsetAtStreamSample) / PACKET_SAMPLES)] ?? NaN,
    streamAt: (atMs) => microphoneAt(atMs) * perMicrophone,
  };
}
