import type { VoiceActivityDetector } from '../../audio';
import { soundMeasureNames, measureTurn, type Measured, type SoundMeasureName } from '../../measurement';
import { energyThreshold } from '../methods/energy-threshold';
import type { Estimate, Evidence, MethodName } from '../methods/method';
import { silencedetect } from '../methods/silencedetect';
import { unknownReply } from '../methods/unknown-reply';
import type { SyntheticTurn } from '../simulation/synthetic-turn';
import type { TurnCase } from './turn-case';

/** One measure of one turn beside its truth. */
export interface PartResult {
  readonly truthMs: number;
  readonly estimate: Estimate;
}

/** What every method said of one turn. Plain data: it crosses threads and goes into JSON. */
export interface CaseResult {
  readonly condition: string;
  readonly index: number;
  readonly seed: number;
  readonly promptId: string;
  readonly replyId: string;
  /** Counted voice-to-voice latency. Of a turn without a reply: of the one that was not heard. */
  readonly truthMs: number;
  /** False when the reply's first sound was lost on the way to the speaker: then a number would be a wrong one. */
  readonly onsetPlayed: boolean;
  readonly estimates: Readonly<Partial<Record<MethodName, Estimate>>>;
  /** Measures of `known` besides voice-to-voice, those that the turn has. */
  readonly parts: Readonly<Partial<Record<SoundMeasureName, PartResult>>>;
}

const estimateOf = (measured: Measured): Estimate =>
  measured.state === 'measured'
    ? { valueMs: measured.valueMs, uncertaintyMs: measured.uncertaintyMs }
    : { reason: measured.reason };

function partsOf(
  turn: SyntheticTurn,
  measures: Readonly<Record<SoundMeasureName, Measured>>,
): CaseResult['parts'] {
  const parts = soundMeasureNames.filter(
    (name) => name !== 'voiceToVoice' && Number.isFinite(turn.truth[name]),
  );
  return Object.fromEntries(
    parts.map((name) => [name, { truthMs: turn.truth[name], estimate: estimateOf(measures[name]) }]),
  );
}

/** Runs every method on one turn. The counted truth is taken off the record first: no method can read it. */
export async function tryCase(
  { condition, index, seed, turn: counted }: TurnCase,
  { ffmpeg, vad }: { readonly ffmpeg: boolean; readonly vad: VoiceActivityDetector },
): Promise<CaseResult> {
  const turn: Evidence = { sound: counted.sound, record: { ...counted.record, truth: undefined } };
  const measurement = await measureTurn(turn.record, turn.sound);
  const { measures } = measurement;
  const isAnswered = condition.spoiling !== 'another-reply';
  const hasTwoChannels = turn.record.topology !== 'bleed';
  return {
    condition: condition.name,
    index,
    seed,
    promptId: turn.record.prompt.id,
    replyId: turn.record.replies[0]?.clip.id ?? '',
    truthMs: counted.truth.voiceToVoice,
    onsetPlayed: counted.onsetPlayed,
    estimates: {
      known: estimateOf(measures.voiceToVoice),
      // To whom does not know the reply, any reply is one.
      ...(hasTwoChannels && isAnswered ? { unknown: unknownReply(turn, measurement, vad) } : {}),
      ...(ffmpeg && hasTwoChannels && isAnswered ? { silencedetect: silencedetect(turn) } : {}),
      ...(hasTwoChannels && isAnswered ? { energy: energyThreshold(turn) } : {}),
    },
    parts: partsOf(counted, measures),
  };
}
