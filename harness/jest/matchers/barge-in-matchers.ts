import type { TurnResult } from '../../host';
import { misused, tooSlow, type Judgement } from './judgement';
import type { TurnLimit } from './latency-matchers';
import { codeOfMishearing } from './turn-matchers';

/** Barge-in stop time against a limit. The monitor explains a board that never stopped, so no number is a failure here. */
export function judgeStoppedSpeaking({ record, measurement }: TurnResult, { maxMs }: TurnLimit): Judgement {
  if (typeof maxMs !== 'number' || !(maxMs > 0))
    throw misused(`toStopSpeakingWithin takes maxMs in milliseconds above 0, not ${JSON.stringify(maxMs)}.`);
  if (record.interruption === undefined)
    throw misused(
      "toStopSpeakingWithin needs a turn with an interruption: turn('…', { interruptWith, afterMs }).",
    );
  const stop = measurement.measures.bargeInStop;
  if (stop.state === 'measured') {
    const { code, note } = tooSlow(stop.valueMs, maxMs, measurement.benchLateMs?.bargeInStop);
    return {
      pass: stop.valueMs <= maxMs,
      message: `The board fell silent ${stop.valueMs.toFixed(0)} ± ${stop.uncertaintyMs.toFixed(0)} ms after the user began to speak, expected ${maxMs} ms at most.${note}`,
      code,
    };
  }
  return {
    pass: false,
    message: `When the board fell silent was not measured (${stop.reason}), expected ${maxMs} ms at most.`,
    code: stop.reason === 'never-stopped' ? 'HIL_TURN_NOT_INTERRUPTED' : 'HIL_TURN_UNMEASURED',
  };
}

/** The prompt that was said into the reply, as the provider understood it. */
export function judgeInterruptionHeardAs({ record, measurement }: TurnResult, utterance: string): Judgement {
  if (record.interruption === undefined)
    throw misused(
      "toHaveHeardTheInterruptionAs needs a turn with an interruption: turn('…', { interruptWith, afterMs }).",
    );
  const { heard, witness = measurement.witness } = measurement.interruption ?? {};
  const seen = heard === undefined ? 'nothing' : (heard.utterance ?? 'an unknown utterance');
  return {
    pass: heard?.utterance === utterance,
    message: `The provider heard ${seen} when the user spoke into the reply, expected ${utterance}.`,
    code: codeOfMishearing(heard, record.interruption.expected.utterance, witness),
  };
}

/** The board's own voice in what it sent. */
export function judgeNotHeardItself({ measurement: { echo } }: TurnResult): Judgement {
  if (echo?.state !== 'measured') {
    return {
      pass: false,
      message: `The board's echo was not measured (${echo?.reason ?? 'not taken'}).`,
      code: 'HIL_TURN_UNMEASURED',
    };
  }
  const { levelDb, leaks, selfTriggers, delayMs } = echo;
  const triggered = selfTriggers > 0 && delayMs !== undefined;
  return {
    pass: !leaks && !triggered,
    message: `The provider received the board's own reply at ${levelDb.toFixed(0)} dB re the prompt and took it for speech ${selfTriggers} times, expected below -30 dB and never.`,
    code: triggered ? 'HIL_TURN_SELF_TRIGGERED' : 'HIL_TURN_ECHO_LEAK',
  };
}
