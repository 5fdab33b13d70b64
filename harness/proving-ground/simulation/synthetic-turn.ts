import type { PcmClip } from '../../audio';
import type { SoundMeasureName, TurnSound } from '../../measurement';
import type { FunctionCall, RigClockPoint, Topology, TurnRecord } from '../../ports';
import { derivedSeed, seededNormal, seededUniform } from '../../units';
import { simulateDialogue } from './dialogue';
import { FIRST_RIG_SAMPLE, hostAtMs, POST_ROLL_MS, PRE_ROLL_MS, RATE_HZ, rigSampleAt } from './layout';
import { addAt, inRoom, placed, type Placed, type Room } from './mixing';
import { noiseOf, type NoiseKind } from './noise';
import { simulatePlayout, type Gap } from './playout';
import { activeLevelDbFs, type Spoken } from './spoken';
import { simulateUplink } from './uplink';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { ceil, floor, log, max, min } = Math;

export interface SyntheticTurnOptions {
  /** Decides everything that is left to chance. Same options, same turn, to the last bit. */
  readonly seed: number;
  readonly prompt: Spoken;
  readonly reply: Spoken;
  readonly calls?: readonly FunctionCall[];
  /** `bleed`: one channel hears prompt and reply. Default: `virtual`. */
  readonly topology?: Topology;
  /**
   * Active level (ITU-T P.56) of the reply as the speaker channel hears it over the noise's RMS there, and of the prompt at
   * the microphone over the noise there. Default 30.
   */
  readonly snrDb?: number;
  readonly noise?: NoiseKind;
  /** Whom the noise `babble` consists of. */
  readonly voices?: readonly PcmClip[];
  readonly room?: Room;
  /** Opus, 16 kHz, 24 kbit/s: on the reply's way, on the prompt's way to the provider. */
  readonly opus?: { readonly reply: boolean; readonly uplink: boolean };
  /** Board's crystal against the rig's. */
  readonly boardPpm?: number;
  /** Prompt on the speaker channel against the reply; -Infinity: none. Default -30. */
  readonly bleedDb?: number;
  /** Active level of the reply in the capture. Default -26. */
  readonly replyLevelDbFs?: number;
  readonly micGain?: number;
  readonly speakerGain?: number;
  readonly loopbackGain?: number;
  /** Full scale of the speaker channel's converter. */
  readonly clipAt?: number;
  /** Underruns in the reply. */
  readonly gap?: Gap | readonly Gap[];
  /** The board drops the reply from here on. */
  readonly cutAtMs?: number;
  /** A prompt into the reply: its first speech sample comes this long after the reply's first sample. */
  readonly interruption?: { readonly prompt: Spoken; readonly atMs: number };
  /** The provider's decision after the prompt's arrival; negative: it decided early. Default 500. */
  readonly endpointAfterMs?: number;
  /** Mean of the exponential time by which sockets and ports are stamped too late. Default 0: exactly. */
  readonly stampLatenessMs?: number;
  readonly change?: (record: TurnRecord) => TurnRecord;
}

export interface SyntheticTurn {
  readonly record: TurnRecord;
  readonly sound: TurnSound;
  /** Milliseconds, counted. NaN where there is nothing to count: without calls, the times to call and confirmation. */
  readonly truth: Readonly<Record<SoundMeasureName, number>>;
  /** False when an underrun took the reply's first sound: then nothing was there to be measured to. */
  readonly onsetPlayed: boolean;
}

/** Of the board: from the first packet of a reply to its first sample at the speaker. */
const BUFFER_MS = { least: 80, spread: 20 } as const;
/** Sound of the rig's output needs this long through the air to the rig's microphone: 1 m. */
const BLEED_DELAY_SAMPLES = 144;
/** Noise of an electrical loopback, RMS: -80 dBFS. */
const LOOPBACK_NOISE = 1e-4;
/** A block is read at the rig's rate, late by an exponential time of this mean. */
const READ_LATENESS_MS = 0.4;
const BLOCK_SAMPLES = 480;
/** The board stops sending when the reply begins, or thereabouts. */
const STREAM_AFTER_PROMPT_MS = 500;
/** The provider hears an interruption so long after its onset. */
const INTERRUPTION_HEARD_AFTER_MS = 200;

function clockPointsOf(lengthSamples: number, uniform: () => number): RigClockPoint[] {
  return Array.from({ length: floor(lengthSamples / BLOCK_SAMPLES) }, (_, n) => {
    const rigSample = FIRST_RIG_SAMPLE + (n + 1) * BLOCK_SAMPLES;
    return { rigSample, hostAtMs: hostAtMs(rigSample) - log(1 - uniform()) * READ_LATENESS_MS };
  });
}

function loopbackOf(prompt: Float32Array, at: number, lengthSamples: number, uniform: () => number) {
  const normal = seededNormal(uniform);
  const loopback = new Float32Array(lengthSamples);
  for (let n = 0; n < lengthSamples; n++) loopback[n] = LOOPBACK_NOISE * normal();
  addAt(loopback, prompt, at, 1);
  return loopback;
}

/** The prompt as it is played so that its first speech sample stands at `onsetAt`. */
function interruptionAt({ clip, sound }: Spoken, onsetAt: number): Placed & { readonly endAtSample: number } {
  const perClip = RATE_HZ / clip.rateHz;
  const played = placed(sound.samples, onsetAt - clip.onsetSample * perClip, 1 / perClip);
  return { ...played, endAtSample: played.atSample + played.samples.length };
}

/** A turn as a bench would record it, built from counted positions; nothing in it was measured. */
export function syntheticTurn(options: SyntheticTurnOptions): SyntheticTurn {
  const { seed, prompt, reply, calls = [], snrDb = 30, boardPpm = 0, room, topology = 'virtual' } = options;
  const { noise = 'white', voices = [], opus = { reply: false, uplink: false } } = options;
  const uniformFor = (purpose: string): (() => number) => seededUniform(derivedSeed(seed, purpose));
  const timing = uniformFor('timing');

  const promptStart = FIRST_RIG_SAMPLE + (PRE_ROLL_MS * RATE_HZ) / 1000 + floor(timing() * 480) + timing();
  const promptRatio = RATE_HZ / prompt.clip.rateHz;
  const promptOffset = promptStart + prompt.clip.offsetSample * promptRatio;
  const uplink = simulateUplink({
    seed,
    prompt,
    promptOffsetAtRigSample: promptOffset,
    boardPpm,
    micGain: options.micGain ?? 1,
    snrDb,
    noise,
    voices,
    room,
    opus: opus.uplink,
    stampLatenessMs: options.stampLatenessMs ?? 0,
    goesOnForMs: STREAM_AFTER_PROMPT_MS,
  });
  const dialogue = simulateDialogue({
    prompt: prompt.clip,
    reply: reply.clip,
    calls,
    promptEndsAtMs: hostAtMs(promptOffset),
    uplink,
    endpointAfterMs: options.endpointAfterMs ?? 500,
    stampLatenessMs: options.stampLatenessMs ?? 0,
    uniform: uniformFor('dialogue'),
    uniformOfStamps: uniformFor('stamps of the dialogue'),
  });
  const bufferMs = BUFFER_MS.least + BUFFER_MS.spread * timing();
  const playout = simulatePlayout({
    reply,
    atRigSample: rigSampleAt(dialogue.replySentAtMs + bufferMs),
    boardPpm,
    opus: opus.reply,
    gaps: options.gap === undefined ? [] : [options.gap].flat(),
    cutAtMs: options.cutAtMs,
  });
  const { interruption } = options;
  const interruptedAt = playout.sound.atSample + ((interruption?.atMs ?? Infinity) * RATE_HZ) / 1000;
  const interrupting = interruption && interruptionAt(interruption.prompt, interruptedAt);
  const soundEnds = max(playout.endAtRigSample, promptOffset, interrupting?.endAtSample ?? 0);
  const lengthSamples = ceil(soundEnds + (POST_ROLL_MS * RATE_HZ) / 1000) - FIRST_RIG_SAMPLE;

  // What is heard: the prompt through the rig, the board's reply and the prompt again in the room.
  const played = placed(prompt.sound.samples, promptStart, 1 / promptRatio);
  const promptAt = played.atSample - FIRST_RIG_SAMPLE;
  const loopbackGain = options.loopbackGain ?? 1;
  const loopback = loopbackOf(
    played.samples.map((value) => value * loopbackGain),
    promptAt,
    lengthSamples,
    uniformFor('loopback'),
  );
  if (interrupting !== undefined)
    addAt(loopback, interrupting.samples, interrupting.atSample - FIRST_RIG_SAMPLE, loopbackGain);
  const replyLevelDbFs = options.replyLevelDbFs ?? -26;
  const gainTo = (levelDbFs: number, { sound }: Spoken): number =>
    10 ** ((levelDbFs - activeLevelDbFs(sound)) / 20);
  const speaker = noiseOf(noise, { lengthSamples, rateHz: RATE_HZ, uniform: uniformFor('noise'), voices });
  const noiseRms = 10 ** ((replyLevelDbFs - snrDb) / 20);
  for (let n = 0; n < lengthSamples; n++) speaker[n] = (speaker[n] ?? 0) * noiseRms;
  addAt(
    speaker,
    inRoom(playout.sound.samples, room, RATE_HZ, uniformFor('room of the reply')),
    playout.sound.atSample - FIRST_RIG_SAMPLE,
    (options.speakerGain ?? 1) * gainTo(replyLevelDbFs, reply),
  );
  const bleedDb = options.bleedDb ?? -30;
  if (bleedDb > -Infinity)
    addAt(
      speaker,
      inRoom(played.samples, room, RATE_HZ, uniformFor('room of the prompt')),
      promptAt + BLEED_DELAY_SAMPLES,
      gainTo(replyLevelDbFs + bleedDb, prompt),
    );
  if (interruption !== undefined && interrupting !== undefined && bleedDb > -Infinity)
    addAt(
      speaker,
      inRoom(interrupting.samples, room, RATE_HZ, uniformFor('room of the prompt')),
      interrupting.atSample - FIRST_RIG_SAMPLE + BLEED_DELAY_SAMPLES,
      gainTo(replyLevelDbFs + bleedDb, interruption.prompt),
    );
  const clipAt = options.clipAt ?? 1;
  for (let n = 0; n < lengthSamples; n++) speaker[n] = max(-clipAt, min(clipAt, speaker[n] ?? 0));

  // In one channel the prompt is heard through the air, and nothing is subtracted silently.
  const oneChannel = topology === 'bleed';
  const heardOffset = promptOffset + (oneChannel ? BLEED_DELAY_SAMPLES : 0);
  const record: TurnRecord = {
    schema: 'earshot/turn@1',
    turnId: `turn-${seed}`,
    boardName: 'virtual-1',
    session: 1,
    turnInSession: 2,
    prompt: prompt.clip,
    expected: { utterance: prompt.clip.utterance, calls, spoken: true },
    topology,
    startedAtHostMs: hostAtMs(FIRST_RIG_SAMPLE),
    endedAtHostMs: hostAtMs(FIRST_RIG_SAMPLE + lengthSamples),
    ending: 'answered',
    deadlineMs: 8_000,
    playback: { startedAtRigSample: played.atSample, lengthSamples: played.samples.length },
    capture: {
      path: 'captures/1.wav',
      rateHz: RATE_HZ,
      roles: oneChannel ? ['speaker'] : ['speaker', 'loopback'],
      firstRigSample: FIRST_RIG_SAMPLE,
      lengthSamples,
      clockPoints: clockPointsOf(lengthSamples, uniformFor('reading')),
      maxLagMs: 2,
      overruns: 0,
    },
    received: uplink.received,
    replies: [{ responseId: 'r1', itemId: 'i1', clip: reply.clip }],
    consoleLines: dialogue.consoleLines,
    boardEvents: dialogue.boardEvents,
    providerEvents:
      interrupting === undefined
        ? dialogue.providerEvents
        : [
            ...dialogue.providerEvents,
            {
              seq: dialogue.providerEvents.length,
              sessionId: dialogue.providerEvents[0]?.sessionId ?? 's1',
              hostAtMs: hostAtMs(interruptedAt) + INTERRUPTION_HEARD_AFTER_MS,
              type: 'speech-started' as const,
              onsetAtStreamSample: 0,
            },
          ],
    ...(interruption === undefined || interrupting === undefined
      ? {}
      : {
          interruption: {
            prompt: interruption.prompt.clip,
            expected: { utterance: interruption.prompt.clip.utterance, calls: [], spoken: true },
            afterMs: interruption.atMs,
            playback: {
              startedAtRigSample: interrupting.atSample,
              lengthSamples: interrupting.samples.length,
              askedAtHostMs: hostAtMs(interrupting.atSample),
            },
          },
        }),
    faults: [],
    truth: {
      promptStartAtRigSample: promptStart + (heardOffset - promptOffset),
      playbackStartsAtRigSample: [
        promptStart + (heardOffset - promptOffset),
        ...(interruption === undefined
          ? []
          : [
              interruptedAt -
                (interruption.prompt.clip.onsetSample * RATE_HZ) / interruption.prompt.clip.rateHz,
            ]),
      ],
      speakerSpans: playout.spans,
      uplinkMarks: [],
    },
  };
  const { endpointAtMs, replySentAtMs, calledAtMs } = dialogue;
  const voiceToVoice = ((playout.onsetAtRigSample - heardOffset) * 1000) / RATE_HZ;
  const replyLeadIn = (playout.leadInSamples * 1000) / RATE_HZ;
  return {
    record: options.change?.(record) ?? record,
    sound: {
      capture: { channels: oneChannel ? [speaker] : [speaker, loopback], rateHz: RATE_HZ },
      prompt: prompt.sound,
      received: uplink.sound,
      ...(interruption === undefined ? {} : { interruption: interruption.prompt.sound }),
      replies: new Map([[reply.clip.id, reply.sound]]),
    },
    onsetPlayed: playout.onsetPlayed,
    truth: {
      voiceToVoice,
      uplink: uplink.endAtMs - hostAtMs(heardOffset),
      endpointing: endpointAtMs - uplink.endAtMs,
      ttfa: replySentAtMs - endpointAtMs,
      replyLeadIn,
      downlink: hostAtMs(playout.onsetAtRigSample) - replyLeadIn - replySentAtMs,
      timeToFunctionCall: calledAtMs - hostAtMs(heardOffset),
      timeToConfirmation: calls.length > 0 ? voiceToVoice : NaN,
      // The last sample that was played is the one before the cut.
      bargeInStop:
        interruption === undefined || options.cutAtMs === undefined
          ? NaN
          : options.cutAtMs - interruption.atMs,
    },
  };
}
