import { timeScaled, type PcmClip } from '../../audio';
import type {
  BoardEvent,
  ConsoleLine,
  FunctionCall,
  ProviderEvent,
  SpeechClip,
  TurnRecord,
} from '../../ports';
import type { TurnSound } from '../measure-turn';
import { convolved, roomResponse } from './room';
import { seededNormal, seededUniform } from './seeded';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { ceil, floor, log, max, min, round, sqrt } = Math;

/** A clip with its sound. */
export interface Spoken {
  readonly clip: SpeechClip;
  readonly sound: PcmClip;
}

export interface SyntheticTurnOptions {
  readonly seed: number;
  readonly prompt: Spoken;
  readonly reply: Spoken;
  readonly calls?: readonly FunctionCall[];
  /** Reply speech over noise on the speaker channel, and prompt speech over noise at the microphone. */
  readonly snrDb?: number;
  readonly room?: { readonly rt60Ms: number; readonly directToReverberantDb: number };
  /** Board's crystal against the rig's. */
  readonly boardPpm?: number;
  /** Prompt on the speaker channel against the reply; -Infinity: none. */
  readonly bleedDb?: number;
  readonly micGain?: number;
  readonly speakerGain?: number;
  readonly loopbackGain?: number;
  /** Full scale of the speaker channel's converter. */
  readonly clipAt?: number;
  /** An underrun in the reply. */
  readonly gap?: { readonly atMs: number; readonly lengthMs: number };
  /** The board drops the reply from here on. */
  readonly cutAtMs?: number;
  readonly change?: (record: TurnRecord) => TurnRecord;
}

export interface SyntheticTurn {
  readonly record: TurnRecord;
  readonly sound: TurnSound;
  /** Milliseconds, counted. */
  readonly truth: {
    readonly voiceToVoice: number;
    readonly uplink: number;
    readonly endpointing: number;
    readonly ttfa: number;
    readonly downlink: number;
    readonly timeToFunctionCall: number;
  };
}

const RATE_HZ = 48_000;
const STREAM_RATE_HZ = 24_000;
const FIRST_RIG_SAMPLE = 96_000;
/** Host time of rig sample 0. */
const RIG_START_AT_MS = 5_000;
const PRE_ROLL_MS = 300;
const PACKET_SAMPLES = 480;

const rms = (samples: Float32Array): number =>
  sqrt(samples.reduce((sum, value) => sum + value * value, 0) / max(1, samples.length));

const speechOf = ({ clip, sound }: Spoken): Float32Array =>
  sound.samples.subarray(clip.onsetSample, clip.offsetSample + 1);

function addAt(target: Float32Array, source: Float32Array, at: number, gain: number): void {
  for (let n = max(0, -at); n < source.length && at + n < target.length; n++)
    target[at + n] = target[at + n]! + gain * source[n]!;
}

/** A turn as a virtual bench would record it, built from counted positions; nothing in it was measured. */
export function syntheticTurn(options: SyntheticTurnOptions): SyntheticTurn {
  const { prompt, reply, calls = [], snrDb = 30, boardPpm = 0, bleedDb = -30, gap } = options;
  const uniform = seededUniform(options.seed);
  const normal = seededNormal(uniform);
  const hostAt = (rigSample: number): number => RIG_START_AT_MS + (rigSample * 1000) / RATE_HZ;
  const boardRate = 1 + boardPpm * 1e-6;

  const promptStart = FIRST_RIG_SAMPLE + (PRE_ROLL_MS * RATE_HZ) / 1000 + floor(uniform() * 480) + uniform();
  const promptRatio = RATE_HZ / prompt.clip.rateHz;
  const promptOffset = promptStart + prompt.clip.offsetSample * promptRatio;
  const promptEndsAtMs = hostAt(promptOffset);

  // Uplink: the microphone hears the prompt 3 ms later; packets of 20 ms leave when they are full.
  const streamStartAtMs = hostAt(FIRST_RIG_SAMPLE) - 400;
  const streamAt = (hostAtMs: number): number =>
    ((hostAtMs - streamStartAtMs) * STREAM_RATE_HZ * boardRate) / 1000;
  const micOffset = streamAt(promptEndsAtMs + 3);
  const silenceMs = 500;
  const packetCount = ceil((micOffset + (silenceMs * STREAM_RATE_HZ) / 1000) / PACKET_SAMPLES) + 5;
  const packets = Array.from({ length: packetCount }, (_, n) => ({
    streamSample: n * PACKET_SAMPLES,
    lengthSamples: PACKET_SAMPLES,
    hostAtMs:
      streamStartAtMs + ((n + 1) * PACKET_SAMPLES * 1000) / (STREAM_RATE_HZ * boardRate) + 12 + 3 * uniform(),
  }));
  const uplinkEndAtMs = packets[floor(round(micOffset) / PACKET_SAMPLES)]!.hostAtMs;
  const received = new Float32Array(packetCount * PACKET_SAMPLES);
  const micStep = prompt.clip.rateHz / (STREAM_RATE_HZ * boardRate);
  const micStart = micOffset - prompt.clip.offsetSample / micStep;
  const atMic = timeScaled(prompt.sound.samples, {
    start: -(micStart - floor(micStart)) * micStep,
    step: micStep,
    lengthSamples: ceil(prompt.sound.samples.length / micStep) + 2,
  });
  // A 16 kHz converter passes nothing above 8 kHz.
  const narrow = timeScaled(
    timeScaled(atMic, { start: 0, step: 1.5, lengthSamples: floor(atMic.length / 1.5) }),
    {
      start: 0,
      step: 1 / 1.5,
      lengthSamples: atMic.length,
    },
  );
  const inRoom = (sound: Float32Array, rateHz: number): Float32Array =>
    options.room === undefined ? sound : convolved(sound, roomResponse(options.room, rateHz, uniform));
  const micNoise = rms(speechOf(prompt)) * 10 ** (-snrDb / 20);
  addAt(received, inRoom(narrow, STREAM_RATE_HZ), floor(micStart), 1);
  for (let n = 0; n < received.length; n++)
    received[n] = (received[n]! + micNoise * normal()) * (options.micGain ?? 1) * 0.3;

  // Provider and board.
  let seq = 0;
  const sessionId = 's1';
  const stamp = (hostAtMs: number) => ({ seq: seq++, hostAtMs, sessionId });
  const endpointAtMs = uplinkEndAtMs + silenceMs + 10 * uniform();
  const events: ProviderEvent[] = [
    {
      ...stamp(promptEndsAtMs - 800),
      type: 'speech-started',
      onsetAtStreamSample: round(streamAt(promptEndsAtMs - 1000)),
    },
    { ...stamp(endpointAtMs), type: 'endpoint', offsetAtStreamSample: round(micOffset) },
    {
      ...stamp(endpointAtMs + 5),
      type: 'heard',
      promptId: prompt.clip.id,
      utterance: prompt.clip.utterance,
      confidence: 0.9,
    },
  ];
  const boardEvents: BoardEvent[] = [];
  const consoleLines: ConsoleLine[] = [];
  let nowMs = endpointAtMs + 20;
  const print = (
    text: string,
  ): { readonly hostAtMs: number; readonly boot: number; readonly lineIndex: number } => {
    nowMs += 1;
    const index = consoleLines.length;
    consoleLines.push({ index, text, boot: 1, hostAtMs: nowMs, byteOffset: 60 * index });
    return { hostAtMs: nowMs, boot: 1, lineIndex: index };
  };
  let calledAtMs = NaN;
  if (calls.length > 0) {
    events.push({ ...stamp(nowMs), type: 'response-started', responseId: 'r0', trigger: 'turn-detected' });
    for (const [n, { name, arguments: given }] of calls.entries()) {
      nowMs += 40;
      const callId = `call_${n}`;
      events.push({ ...stamp(nowMs), type: 'tool-call', responseId: 'r0', callId, name, arguments: given });
      nowMs += 20;
      boardEvents.push({
        ...print(`Function Call name=${name} call_id=${callId} args=${JSON.stringify(given)}`),
        type: 'function-call',
        name,
        callId,
        arguments: given,
      });
      calledAtMs = Number.isNaN(calledAtMs) ? nowMs : calledAtMs;
      if (typeof given['LightState'] === 'boolean') {
        const on = given['LightState'];
        boardEvents.push({ ...print(`Light set to ${on ? 'ON' : 'OFF'}`), type: 'light', on });
      }
      nowMs += 10;
      events.push({ ...stamp(nowMs), type: 'tool-output', callId, output: 'ok' });
    }
    events.push({ ...stamp(nowMs + 1), type: 'response-done', responseId: 'r0', status: 'completed' });
  }
  nowMs += 30;
  events.push({ ...stamp(nowMs), type: 'response-started', responseId: 'r1', trigger: 'client' });

  // Reply in packets of 100 ms, four times faster than real time.
  const chunk = reply.clip.rateHz / 10;
  nowMs += 120;
  let onsetSentAtMs = NaN;
  for (let fromSample = 0; fromSample < reply.clip.lengthSamples; fromSample += chunk) {
    const lengthSamples = min(chunk, reply.clip.lengthSamples - fromSample);
    if (reply.clip.onsetSample >= fromSample && reply.clip.onsetSample < fromSample + lengthSamples)
      onsetSentAtMs = nowMs;
    events.push({
      ...stamp(nowMs),
      type: 'audio-out',
      responseId: 'r1',
      itemId: 'i1',
      replyId: reply.clip.id,
      rateHz: reply.clip.rateHz,
      fromSample,
      lengthSamples,
    });
    nowMs += 25;
  }
  events.push({ ...stamp(nowMs), type: 'response-done', responseId: 'r1', status: 'completed' });

  const playsAtRigSample = ((onsetSentAtMs + 80 + 20 * uniform() - RIG_START_AT_MS) * RATE_HZ) / 1000;
  const replyStep = (reply.clip.rateHz * boardRate) / RATE_HZ;
  const replyOnset = playsAtRigSample + reply.clip.onsetSample / replyStep;
  const replyLength = ceil(reply.sound.samples.length / replyStep);
  const lengthSamples =
    ceil(playsAtRigSample + replyLength + 0.5 * RATE_HZ + ((gap?.lengthMs ?? 0) * RATE_HZ) / 1000) -
    FIRST_RIG_SAMPLE;

  const loopback = new Float32Array(lengthSamples);
  const onRig = (source: Spoken, start: number, step: number): Float32Array =>
    timeScaled(source.sound.samples, {
      start: -(start - floor(start)) * step,
      step,
      lengthSamples: ceil(source.sound.samples.length / step) + 2,
    });
  const promptOnRig = onRig(prompt, promptStart, 1 / promptRatio);
  addAt(loopback, promptOnRig, floor(promptStart) - FIRST_RIG_SAMPLE, options.loopbackGain ?? 1);
  for (let n = 0; n < lengthSamples; n++) loopback[n] = loopback[n]! + 1e-4 * normal();

  const speaker = new Float32Array(lengthSamples);
  let played = onRig(reply, playsAtRigSample, replyStep);
  if (options.cutAtMs !== undefined)
    played = played.map((v, n) => (n < (options.cutAtMs! * RATE_HZ) / 1000 ? v : 0));
  if (gap !== undefined) {
    const [at, length] = [gap.atMs, gap.lengthMs].map((ms) => round((ms * RATE_HZ) / 1000)) as [
      number,
      number,
    ];
    const stalled = new Float32Array(played.length + length);
    stalled.set(played.subarray(0, at));
    stalled.set(played.subarray(at), at + length);
    played = stalled;
  }
  const speakerGain = options.speakerGain ?? 1;
  addAt(speaker, inRoom(played, RATE_HZ), floor(playsAtRigSample) - FIRST_RIG_SAMPLE, 0.5 * speakerGain);
  const bleedAt = floor(promptStart) - FIRST_RIG_SAMPLE + 144;
  if (bleedDb > -Infinity) addAt(speaker, inRoom(promptOnRig, RATE_HZ), bleedAt, 0.5 * 10 ** (bleedDb / 20));
  const noise = 0.5 * rms(speechOf(reply)) * 10 ** (-snrDb / 20);
  const clipAt = options.clipAt ?? 1;
  for (let n = 0; n < lengthSamples; n++)
    speaker[n] = max(-clipAt, min(clipAt, speaker[n]! + noise * normal()));

  const clockPoints = Array.from({ length: floor(lengthSamples / 480) }, (_, n) => {
    const rigSample = FIRST_RIG_SAMPLE + (n + 1) * 480;
    return { rigSample, hostAtMs: hostAt(rigSample) - log(1 - uniform()) * 0.4 };
  });
  const record: TurnRecord = {
    schema: 'earshot/turn@1',
    turnId: `turn-${options.seed}`,
    boardName: 'virtual-1',
    session: 1,
    turnInSession: 2,
    prompt: prompt.clip,
    expected: { utterance: prompt.clip.utterance, calls, spoken: true },
    topology: 'virtual',
    startedAtHostMs: hostAt(FIRST_RIG_SAMPLE),
    endedAtHostMs: hostAt(FIRST_RIG_SAMPLE + lengthSamples),
    ending: 'answered',
    deadlineMs: 8_000,
    playback: { startedAtRigSample: floor(promptStart), lengthSamples: promptOnRig.length },
    capture: {
      path: 'captures/1.wav',
      rateHz: RATE_HZ,
      roles: ['speaker', 'loopback'],
      firstRigSample: FIRST_RIG_SAMPLE,
      lengthSamples,
      clockPoints,
      maxLagMs: 2,
      overruns: 0,
    },
    received: {
      sessionId,
      path: 'received/1.wav',
      rateHz: STREAM_RATE_HZ,
      firstStreamSample: 0,
      lengthSamples: received.length,
      packets,
    },
    replies: [{ responseId: 'r1', itemId: 'i1', clip: reply.clip }],
    consoleLines,
    boardEvents,
    providerEvents: events,
    faults: [],
    truth: {
      promptStartAtRigSample: promptStart,
      speakerSpans: Array.from({ length: ceil(reply.clip.lengthSamples / 480) }, (_, n) => ({
        itemId: 'i1',
        sourceSample: n * 480,
        lengthSamples: 480,
        sourceRateHz: reply.clip.rateHz,
        atRigSample: playsAtRigSample + (n * 480) / replyStep,
      })),
      uplinkMarks: [],
    },
  };
  return {
    record: options.change?.(record) ?? record,
    sound: {
      capture: { channels: [speaker, loopback], rateHz: RATE_HZ },
      prompt: prompt.sound,
      received: { samples: received, rateHz: STREAM_RATE_HZ },
      replies: new Map([[reply.clip.id, reply.sound]]),
    },
    truth: {
      voiceToVoice: ((replyOnset - promptOffset) * 1000) / RATE_HZ,
      uplink: uplinkEndAtMs - promptEndsAtMs,
      endpointing: endpointAtMs - uplinkEndAtMs,
      ttfa: onsetSentAtMs - endpointAtMs,
      downlink: hostAt(replyOnset) - onsetSentAtMs,
      timeToFunctionCall: calledAtMs - promptEndsAtMs,
    },
  };
}
