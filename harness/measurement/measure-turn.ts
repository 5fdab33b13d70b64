import { loadVoiceActivityDetector, type VoiceActivityDetector } from '../audio';
import type { Finding, Topology, TurnRecord } from '../ports';
import { benchLatenessMs } from './bench-lateness';
import { callDetour } from './call-detour';
import { hopsOf } from './call-hops';
import { matchCalls } from './calls';
import { TurnConsole } from './device-marks';
import { diagnoseTurn } from './diagnose-turn';
import { measureEcho } from './echo';
import { observeInterruption } from './found-interruption';
import { decidedAtHostMs, eventsOf } from './provider-marks';
import { selfCheck } from './self-check';
import { evidenceOf, replyIsUnknown, type Evidence, type TurnSound } from './turn-evidence';
import { takeQuality } from './take-quality';
import { turnLevels } from './turn-levels';
import type {
  CallObservation,
  EchoCheck,
  Mark,
  MeasurementMethods,
  TurnMeasurement,
} from './turn-measurement';
import { measuresOf } from './turn-measures';
import { levelOf } from './witness';

/** Where each topology has the prompt (measurement.md section 2). */
const promptMethods: Readonly<Record<Topology, MeasurementMethods['prompt']>> = {
  loopback: 'loopback',
  virtual: 'loopback',
  bleed: 'bleed',
  timestamps: 'host-time',
};

/** The board's own reply in what the provider received. */
function echoOf(record: TurnRecord, sound: TurnSound, { marks, received, answer }: Evidence): EchoCheck {
  const [onset, offset, interrupted] = (['replyOnset', 'replyOffset', 'interruptionOnset'] as const).map(
    (name) => marks.find((mark) => mark.name === name)?.hostAtMs,
  );
  const clip = answer?.reply.clip;
  const replySound = clip && sound.replies.get(clip.id);
  if (clip === undefined) return { state: 'not-measured', reason: 'no-reply-sent' };
  if (replySound === undefined) return { state: 'not-measured', reason: 'no-reference' };
  if (onset === undefined || offset === undefined) return { state: 'not-measured', reason: 'no-onset' };
  if (received.offsetAtStreamSample === undefined || received.levelDbFs === undefined)
    return { state: 'not-measured', reason: 'not-heard' };
  return measureEcho(record, sound.received, {
    clip,
    sound: replySound,
    onsetAtHostMs: onset,
    offsetAtHostMs: offset,
    interruptedAtHostMs: interrupted ?? Infinity,
    promptLevelDbFs: received.levelDbFs,
  });
}

function heardOf(record: TurnRecord, marks: readonly Mark[]): TurnMeasurement['heard'] {
  const endpointAtMs = marks.find(({ name }) => name === 'endpoint')?.hostAtMs ?? record.startedAtHostMs;
  const heard = eventsOf(record.providerEvents, 'heard').find(
    (event) => decidedAtHostMs(record, event) >= endpointAtMs,
  );
  return heard && { utterance: heard.utterance, confidence: heard.confidence };
}

/**
 * A turn that the board let pass without a reply counts as slower than every number (measurement.md section 8): when every
 * finding blames the board, no number became a lower bound. Bench, provider and harness faults leave it unmeasured.
 */
function censored(
  record: TurnRecord,
  measurement: TurnMeasurement,
  evidence: Evidence,
  findings: readonly Finding[],
): TurnMeasurement {
  const { voiceToVoice: value } = measurement.measures;
  const { take, prompt } = evidence;
  if (value.state !== 'not-measured' || take.state === 'bad' || prompt === undefined) return measurement;
  if (findings.length === 0 || findings.some(({ origin }) => origin !== 'board')) return measurement;
  const waitedMs = ((take.speaker.samples.length - prompt.offsetAtSample) * 1000) / take.saved.rateHz;
  const aboveMs = Math.max(0, Math.min(record.deadlineMs, waitedMs));
  return {
    ...measurement,
    measures: {
      ...measurement.measures,
      voiceToVoice: { state: 'censored', aboveMs, reason: value.reason },
    },
  };
}

/** With what only the whole turn shows of its take. */
function stamped(measurement: TurnMeasurement, findings: readonly Finding[]): TurnMeasurement {
  const { take } = measurement;
  if (take === undefined || !findings.some(({ code }) => code === 'HIL_TURN_BENCH_STALLED'))
    return measurement;
  return { ...measurement, take: { ...take, spoiltBy: [...take.spoiltBy, 'stall'] } };
}

/** Where the time to first audio of a tool turn went; nothing for other turns. */
function callDetourOf(record: TurnRecord, marks: readonly Mark[]): Pick<TurnMeasurement, 'callDetour'> {
  const [endpoint, firstAudioOut] = (['endpoint', 'firstAudioOut'] as const).map(
    (name) => marks.find((mark) => mark.name === name)?.hostAtMs,
  );
  if (endpoint === undefined || firstAudioOut === undefined) return {};
  const detour = callDetour(record, endpoint, firstAudioOut);
  return detour === undefined ? {} : { callDetour: detour };
}

/** What the bench may have added to what the limits of suites are on. */
function benchLateIn(
  record: TurnRecord,
  { take, marks, interruption }: Evidence,
  { bargeInStop }: TurnMeasurement['measures'],
): Pick<TurnMeasurement, 'benchLateMs'> {
  if (take.state !== 'good') return {};
  const { clock, saved } = take;
  const late = (fromRigSample: number | undefined, toRigSample: number | undefined): number =>
    fromRigSample === undefined || toRigSample === undefined
      ? 0
      : benchLatenessMs(record, clock, fromRigSample, toRigSample);
  const [offset, onset] = (['promptOffset', 'replyOnset'] as const).map(
    (name) => marks.find((mark) => mark.name === name)?.atRigSample,
  );
  const voiceToVoice = late(offset, onset);
  const spokenInto = interruption && interruption.onsetAtSample + saved.firstRigSample;
  const stop =
    bargeInStop.state === 'measured' && spokenInto !== undefined
      ? late(spokenInto, spokenInto + (bargeInStop.valueMs * saved.rateHz) / 1000)
      : 0;
  if (voiceToVoice === 0 && stop === 0) return {};
  return {
    benchLateMs: {
      ...(voiceToVoice === 0 ? {} : { voiceToVoice }),
      ...(stop === 0 ? {} : { bargeInStop: stop }),
    },
  };
}

/** Calls after the user spoke into the reply belong to what was said then. */
const isOfInterruption = ({ interruption }: TurnRecord, { asked, executed }: CallObservation): boolean => {
  const askedAtHostMs = interruption?.playback?.askedAtHostMs ?? Infinity;
  return (asked?.hostAtMs ?? executed[0]?.hostAtMs ?? -Infinity) > askedAtHostMs;
};

function measured(
  record: TurnRecord,
  sound: TurnSound,
  vad: VoiceActivityDetector | undefined,
): TurnMeasurement {
  const matched = matchCalls(record);
  const turnConsole = new TurnConsole(record);
  const evidence = evidenceOf(
    record,
    sound,
    matched.map(({ observation }) => observation).filter((call) => !isOfInterruption(record, call)),
    turnConsole,
    vad,
  );
  const { take, prompt, heardReply, unknownReply, answer, marks } = evidence;
  const offsetFor = (call: CallObservation): Mark | undefined => {
    const name = isOfInterruption(record, call) ? 'interruptionOffset' : 'promptOffset';
    return marks.find((mark) => mark.name === name);
  };
  const interrupting = observeInterruption(
    record,
    take.state === 'good' ? take : undefined,
    evidence.interruption,
    sound.received,
    sound.interruption,
    replyIsUnknown(record, sound) ? undefined : evidence.lateReply,
  );
  const reply: TurnMeasurement['reply'] =
    unknownReply?.check ??
    heardReply?.check ??
    (answer === undefined
      ? { state: 'not-sent' }
      : { state: 'not-found', replyId: answer.reply.clip.id, levelDbFs: levelOf(new Float32Array()) });
  const levels = {
    ...turnLevels(record, take, prompt, sound.prompt),
    crossTalkDb: heardReply?.crossTalkDb,
  };
  const turnMeasures = measuresOf(record, evidence, sound);
  const measurement: TurnMeasurement = {
    schema: 'earshot/turn-measurement@1',
    turnId: record.turnId,
    topology: record.topology,
    ...(record.acousticDelayMs === undefined ? {} : { acousticDelayMs: record.acousticDelayMs }),
    methods: {
      prompt: promptMethods[record.topology],
      reply: vad === undefined ? 'known-reply' : 'onset-detector',
    },
    measures: turnMeasures,
    ...benchLateIn(record, evidence, turnMeasures),
    marks,
    deviceMarks: turnConsole.deviceMarks(),
    ...callDetourOf(record, marks),
    heard: heardOf(record, marks),
    calls: matched.map((call) => ({
      ...call.observation,
      hops: hopsOf(record, call, turnConsole, offsetFor(call.observation)),
    })),
    reply,
    witness: {
      onLoopback: prompt !== undefined && record.topology !== 'timestamps',
      asBleed: evidence.asBleed,
      receivedLevelDbFs: evidence.received.levelDbFs,
      ...(evidence.received.isWhole === true ? { receivedWhole: true } : {}),
    },
    ...(interrupting === undefined ? {} : { interruption: interrupting }),
    echo: echoOf(record, sound, evidence),
    levels,
    take: takeQuality(record, sound.capture, take, prompt, reply, levels),
    selfCheck: undefined,
  };
  const findings = diagnoseTurn(record, measurement);
  const judged = stamped(censored(record, measurement, evidence, findings), findings);
  return Object.freeze({ ...judged, selfCheck: selfCheck(record, judged) });
}

/**
 * Everything that sound, console and provider log of one turn say. Pure: no file is read, nothing but the arguments counts.
 * What could not be taken has a reason. Takes some 100 ms for a capture of 6 s.
 */
export async function measureTurn(record: TurnRecord, sound: TurnSound): Promise<TurnMeasurement> {
  return measured(
    record,
    sound,
    replyIsUnknown(record, sound) ? await loadVoiceActivityDetector() : undefined,
  );
}
