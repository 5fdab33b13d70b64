import type { ErrorCode } from '../../errors';
import type { TurnResult } from '../../host';
import type {
  Mark,
  NotMeasuredReason,
  ReplyCheck,
  SoundMeasureName,
  TurnMeasurement,
} from '../../measurement';
import { tooSlow, type Judgement, type Mismatch } from './judgement';

/** Marks what the provider heard, or that it heard nothing. */
function atHeard({ record, measurement }: TurnResult, note: string): readonly Mismatch[] {
  const { heard } = measurement;
  const event = record.providerEvents.findLast(
    (one) => one.type === 'heard' && one.utterance === heard?.utterance,
  );
  return event === undefined ? [{ missing: `anything heard, ${note}`, who: 'provider' }] : [{ event, note }];
}

/** Marks an instant of the turn; where it is unknown there is nothing to mark. */
function atMark({ measurement }: TurnResult, name: Mark['name'], note: string): readonly Mismatch[] {
  const event = measurement.marks.find((mark) => mark.name === name);
  return event === undefined ? [] : [{ event, note }];
}

/**
 * Whose mistake it is that a provider heard another utterance than the suite expects: the suite's where it heard what was played, its own
 * where it made nothing of what reached it undamaged, else the microphone's.
 */
export const codeOfMishearing = (
  heard: TurnMeasurement['heard'],
  played: string | undefined,
  { receivedWhole }: TurnMeasurement['witness'],
): ErrorCode => {
  if (heard !== undefined && heard.utterance === played) return 'HIL_SCENARIO_MISMATCH';
  return heard?.utterance === undefined && receivedWhole === true
    ? 'HIL_TURN_PROVIDER_FAILED'
    : 'HIL_TURN_MISHEARD';
};

/** The prompt, as the provider understood it. */
export function judgeHeardAs(turn: TurnResult, utterance: string): Judgement {
  const { record, measurement } = turn;
  const { heard, witness } = measurement;
  const seen = heard === undefined ? 'nothing' : (heard.utterance ?? 'an unknown utterance');
  return {
    pass: heard?.utterance === utterance,
    mismatches: atHeard(turn, `expected ${utterance}`),
    message: `The provider heard ${seen}, expected ${utterance}.`,
    code: codeOfMishearing(heard, record.expected.utterance, witness),
  };
}

/** Not heard at all is the monitor's to explain; taken for something known is the provider's mistake. */
export function judgeHeardAsUnknown(turn: TurnResult): Judgement {
  const { heard } = turn.measurement;
  return {
    pass: heard !== undefined && heard.utterance === undefined,
    mismatches: atHeard(turn, 'expected an unknown utterance'),
    message: `The provider heard ${heard === undefined ? 'nothing' : String(heard.utterance)}, expected an unknown utterance.`,
    code: 'HIL_TURN_PROVIDER_FAILED',
  };
}

/** Share of a reply that must be where it belongs. */
const COMPLETE = 0.95;

/** The reply, and in an interrupted turn the one to the interruption as well; the first then counts as far as it was left alone. */
export function judgePlayedCompletely(turn: TurnResult): Judgement {
  const { record, measurement } = turn;
  const first = judgeReply(turn, measurement.reply, record.expected.spoken);
  const second = measurement.interruption?.reply;
  if (!first.pass || record.interruption === undefined || second === undefined) return first;
  const { prompt, expected } = record.interruption;
  if (second.state === 'not-sent' && !expected.spoken) return first;
  const judgement = judgeReply(turn, second, expected.spoken);
  return { ...judgement, message: `After the interruption with ${prompt.id}: ${judgement.message}` };
}

function judgeReply(turn: TurnResult, reply: ReplyCheck, spoken: boolean): Judgement {
  if (reply.state === 'not-sent') {
    const code = spoken ? 'HIL_TURN_REPLY_MISSING' : 'HIL_SCENARIO_MISMATCH';
    const mismatches: readonly Mismatch[] = [{ missing: 'a reply', who: 'provider' }];
    return { pass: false, message: 'The provider sent no reply.', code, mismatches };
  }
  if (reply.state === 'not-found') {
    return {
      pass: false,
      mismatches: [{ missing: `the sound of ${reply.replyId}`, who: 'rig' }],
      message: `Reply ${reply.replyId} was sent and not found on the speaker channel (${reply.levelDbFs.toFixed(1)} dBFS there).`,
      code: 'HIL_TURN_SPEAKER_SILENT',
    };
  }
  if (reply.state === 'heard' || reply.state === 'not-heard') {
    return {
      pass: false,
      message: `${reply.state === 'heard' ? 'A reply was heard' : 'No speech was heard'} (${reply.levelDbFs.toFixed(1)} dBFS), and the provider cannot say what it replied: whether it was played completely cannot be judged.`,
      code: 'HIL_TURN_UNMEASURED',
    };
  }
  return {
    pass: reply.completeness >= COMPLETE,
    message: `${(reply.completeness * 100).toFixed(1)} % of reply ${reply.replyId} was played (${reply.missingMs.toFixed(0)} ms missing), expected ${COMPLETE * 100} % at least.`,
    code: 'HIL_TURN_REPLY_INCOMPLETE',
    mismatches: atMark(turn, 'replyOffset', `${reply.missingMs.toFixed(0)} ms of it are missing`),
  };
}

/**
 * Who is at fault for a missing number in a turn that has no finding. Only the reply's beginning and its absence after the
 * board was asked for it are the board's; a call or reply that the scenario does not hold is the scenario's, and what could not
 * be mapped or located is ours.
 */
function measureFault({ record, measurement }: TurnResult, reason: NotMeasuredReason): ErrorCode {
  const { spoken, calls } = record.expected;
  // What nobody knows was sent, the board cannot be blamed for.
  if (reason === 'no-onset' && measurement.methods?.reply === 'onset-detector') return 'HIL_TURN_UNMEASURED';
  if (reason === 'no-onset') return 'HIL_TURN_REPLY_INCOMPLETE';
  if (reason === 'no-reply-sent') return spoken ? 'HIL_TURN_REPLY_MISSING' : 'HIL_SCENARIO_MISMATCH';
  if (reason === 'no-call') return calls.length > 0 ? 'HIL_TURN_CALL_MISSING' : 'HIL_SCENARIO_MISMATCH';
  return 'HIL_TURN_UNMEASURED';
}

export function judgeMeasured(turn: TurnResult, name: SoundMeasureName): Judgement {
  const { measurement } = turn;
  const measured = measurement.measures[name];
  const seen = measured.state === 'measured' ? '' : `${measured.state}: ${measured.reason}`;
  return {
    pass: measured.state === 'measured',
    message: `${name} was not measured (${seen}).`,
    code: measured.state === 'measured' ? 'HIL_TURN_UNMEASURED' : measureFault(turn, measured.reason),
  };
}

export function judgeAnsweredWithin(turn: TurnResult, maxMs: number): Judgement {
  const measured = turn.measurement.measures.voiceToVoice;
  if (measured.state !== 'measured') return judgeMeasured(turn, 'voiceToVoice');
  const { code, note } = tooSlow(measured.valueMs, maxMs, turn.measurement.benchLateMs?.voiceToVoice);
  return {
    pass: measured.valueMs <= maxMs,
    mismatches: atMark(turn, 'replyOnset', `expected ${maxMs} ms after the prompt at most`),
    message: `The board answered after ${measured.valueMs.toFixed(1)} ± ${measured.uncertaintyMs.toFixed(1)} ms, expected ${maxMs} ms at most.${note}`,
    code,
  };
}
