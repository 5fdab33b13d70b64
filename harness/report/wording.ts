import { stripVTControlCharacters } from 'node:util';
import type { Measured, QuantileEstimate, SelfCheckSummary, SoundTurn, TextTurn } from '../measurement';
import { en, type Messages } from './language';

/** Why there is no number, in a few words of English. */
export const reasonInWords = en.reasons;

export const outcomeInWords = en.outcomes;

/** Milliseconds with one digit, without unit; a censored quantile lies above every number. */
export const inMs = (valueMs: number, words: Messages = en): string =>
  Number.isFinite(valueMs) ? valueMs.toFixed(1) : words.above;

/** An uncertainty to two digits that matter: `±0.03`, `±12`. */
export const plusMinus = (uncertaintyMs: number): string =>
  uncertaintyMs >= 10 ? `±${uncertaintyMs.toFixed(0)}` : `±${Number(uncertaintyMs.toPrecision(1))}`;

/** Errors of barge-in stops against the count: `p95 error 12.3 ms over 4 turns, 4 within 2 u`. */
export const stopErrorsInWords = ({
  n,
  p95AbsErrorMs,
  withinTwoU,
}: NonNullable<SelfCheckSummary['bargeInStop']>): string =>
  `p95 error ${p95AbsErrorMs.toFixed(1)} ms over ${n} ${n === 1 ? 'turn' : 'turns'}, ${withinTwoU} within 2 u`;

/** `512.3 ±0.03`, `> 8000`, or the reason why there is no number. */
export function measuredInWords(measured: Measured, words: Messages = en): string {
  switch (measured.state) {
    case 'measured':
      return `${inMs(measured.valueMs, words)} ${plusMinus(measured.uncertaintyMs)}`;
    case 'censored':
      return `> ${measured.aboveMs.toFixed(0)}`;
    case 'not-measured':
      return words.reasons[measured.reason];
  }
}

/** The same in a narrow column: `512`, `> 8000`, `–`. */
export function measuredInShort(measured: Measured): string {
  switch (measured.state) {
    case 'measured':
      return measured.valueMs.toFixed(0);
    case 'censored':
      return `> ${measured.aboveMs.toFixed(0)}`;
    case 'not-measured':
      return '–';
  }
}

/** `612.0`, or `612.0 (not judged at n = 20)`; undefined stays a dash. */
export function quantileInWords(estimate: QuantileEstimate | undefined, n: number): string {
  if (estimate === undefined) return '–';
  return estimate.judged ? inMs(estimate.valueMs) : `${inMs(estimate.valueMs)} (not judged at n = ${n})`;
}

/** One line without control characters: what a board printed must not steer a terminal. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    // eslint-disable-next-line no-control-regex -- these are what has to go
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim();

/** What the provider took the prompt for: `=` when it was what was said. */
export function heardInWords({ record, measurement }: SoundTurn, words: Messages = en): string {
  const { heard } = measurement;
  if (heard === undefined) return words.turn.nothingHeard;
  if (heard.utterance === undefined) return words.turn.heardUnknown(heard.confidence.toFixed(2));
  return heard.utterance === record.prompt.utterance ? '=' : heard.utterance;
}

/** Calls of a turn: `SetVolume`, `SetVolume ×2`, `no SetVolume`; `–` when there was none and none was expected. */
export function callsInWords({ record, measurement }: SoundTurn, words: Messages = en): string {
  const { turn } = words;
  const seen = measurement.calls.map(({ name, asked, executed }) => {
    if (executed.length === 0) return turn.notExecuted(name);
    const times = executed.length > 1 ? `${name} ×${executed.length}` : name;
    return asked === undefined ? turn.unasked(times) : times;
  });
  const known = new Set(measurement.calls.map(({ name }) => name));
  const unasked = record.expected.calls
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => turn.notAsked(name));
  return [...seen, ...unasked].join(words.list) || '–';
}

/** What was asked in a turn in writing. */
export const questionInWords = ({ measurement }: TextTurn, words: Messages = en): string =>
  measurement.question ?? words.turn.ownQuestion;

/** What came of it: the answer, what the board reports instead, or that there is nothing. */
export function answerInWords({ record, measurement }: TextTurn, words: Messages = en): string {
  const failed = record.boardEvents.findLast((event) => event.type === 'request-failed');
  const told = [failed?.status, failed?.code, failed?.message].filter((part) => part !== undefined).join(' ');
  if (failed !== undefined) return words.turn.reports(told);
  return measurement.answer ?? words.turn.noAnswer;
}

/** How the answer compares with what was sent. */
export function answerCheckInWords(
  { measurement: { answerCheck: check } }: TextTurn,
  { turn }: Messages = en,
): string {
  switch (check.state) {
    case 'same':
      return turn.answerAsSent;
    case 'cut':
      return turn.answerCut(check.missingChars);
    case 'other':
      return turn.answerOther(check.atChar + 1);
    case 'unknown':
      return turn.answerUnknown;
    case 'not-printed':
      return turn.answerNotPrinted;
  }
}
