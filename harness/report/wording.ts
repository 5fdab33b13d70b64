import { stripVTControlCharacters } from 'node:util';
import type {
  Measured,
  NotMeasuredReason,
  QuantileEstimate,
  SelfCheckSummary,
  SoundTurn,
  TextTurn,
} from '../measurement';
import type { Outcome } from '../verdict';

/** Why there is no number, in a few words. */
export const reasonInWords: Readonly<Record<NotMeasuredReason, string>> = {
  'no-capture': 'no capture',
  'no-prompt': 'prompt not found',
  'no-onset': 'no reply heard',
  'no-reference': 'no reference',
  'not-heard': 'not heard',
  'no-received-audio': 'nothing received',
  'no-endpoint': 'no endpoint',
  'no-reply-sent': 'no reply sent',
  'no-call': 'no call',
  'bad-take': 'bad take',
  'no-clock': 'no clock',
  'other-topology': 'other topology',
  'no-interruption': 'not interrupted',
  'never-stopped': 'never stopped',
  'reply-over': 'reply too short',
  'no-request': 'no request',
  'no-text': 'no text sent',
  'no-answer': 'no answer',
  'not-printed': 'not printed',
  'not-taken': 'not taken',
};

export const outcomeInWords: Readonly<Record<Outcome | 'skip', string>> = {
  pass: 'pass',
  fail: 'fail',
  inconclusive: 'inconclusive',
  'not-judged': 'not judged',
  aborted: 'aborted',
  skip: 'skip',
};

/** Milliseconds with one digit, without unit; a censored quantile lies above every number. */
export const inMs = (valueMs: number): string => (Number.isFinite(valueMs) ? valueMs.toFixed(1) : '> all');

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
export function measuredInWords(measured: Measured): string {
  switch (measured.state) {
    case 'measured':
      return `${inMs(measured.valueMs)} ${plusMinus(measured.uncertaintyMs)}`;
    case 'censored':
      return `> ${measured.aboveMs.toFixed(0)}`;
    case 'not-measured':
      return reasonInWords[measured.reason];
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
export function heardInWords({ record, measurement }: SoundTurn): string {
  const { heard } = measurement;
  if (heard === undefined) return 'nothing';
  if (heard.utterance === undefined) return `unknown (${heard.confidence.toFixed(2)})`;
  return heard.utterance === record.prompt.utterance ? '=' : heard.utterance;
}

/** Calls of a turn: `SetVolume`, `SetVolume ×2`, `no SetVolume`; `–` when there was none and none was expected. */
export function callsInWords({ record, measurement }: SoundTurn): string {
  const seen = measurement.calls.map(({ name, asked, executed }) => {
    if (executed.length === 0) return `no ${name}`;
    const times = executed.length > 1 ? ` ×${executed.length}` : '';
    return `${name}${times}${asked === undefined ? ' unasked' : ''}`;
  });
  const known = new Set(measurement.calls.map(({ name }) => name));
  const unasked = record.expected.calls
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => `${name} not asked`);
  return [...seen, ...unasked].join(', ') || '–';
}

/** What was asked in a turn in writing. */
export const questionInWords = ({ measurement }: TextTurn): string =>
  measurement.question ?? 'a question of its own';

/** What came of it: the answer, what the board reports instead, or that there is nothing. */
export function answerInWords({ record, measurement }: TextTurn): string {
  const failed = record.boardEvents.findLast((event) => event.type === 'request-failed');
  const told = [failed?.status, failed?.code, failed?.message].filter((part) => part !== undefined).join(' ');
  if (failed !== undefined) return `reports ${told}`;
  return measurement.answer ?? 'no answer';
}

/** How the answer compares with what was sent. */
export function answerCheckInWords({ measurement: { answerCheck: check } }: TextTurn): string {
  switch (check.state) {
    case 'same':
      return 'as it was sent';
    case 'cut':
      return `the last ${check.missingChars} characters are missing`;
    case 'other':
      return `not what was sent, from character ${check.atChar + 1} on`;
    case 'unknown':
      return 'what was sent is not known';
    case 'not-printed':
      return 'none was printed';
  }
}
