import type { BoardEvent, TextTurnRecord } from '../../ports';
import type { MappedInstant } from '../clock-map';
import { TurnConsole } from '../device-marks';
import { between, notMeasured, type Measured, type NotMeasuredReason } from '../measured';
import type { TextMeasureName } from '../measures';
import { stamped } from '../stamps';
import { boardClockSkewMs } from './board-clock';
import { compareAnswer } from './compare-answer';
import { diagnoseTextTurn } from './diagnose-text-turn';
import { exchangeOf, type Exchange } from './exchange';
import type { TextMark, TextTurnMeasurement } from './text-turn-measurement';

/** Default tick of FreeRTOS: the step of stamps where too few lines show it (device.md section 2.1). */
const DEFAULT_TICK_MS = 10;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;
/** A command leaves in pieces of at most so many bytes, the last of which is on the wire when it was handed over. */
const PIECE_BYTES = 64;

/** When the last byte of the command reached the board: after it was handed over, by what a UART takes for a piece at most. */
function typedAt({ askedAtHostMs, consoleLink }: TextTurnRecord): MappedInstant | undefined {
  if (askedAtHostMs === undefined) return undefined;
  const wireMs =
    consoleLink?.kind === 'uart' ? (PIECE_BYTES * BITS_PER_BYTE * 1000) / consoleLink.baudRate : 0;
  return stamped(askedAtHostMs, Math.hypot(stamped(0).uncertaintyMs, wireMs / Math.sqrt(3)));
}

const at = (event: { readonly hostAtMs: number } | undefined): MappedInstant | undefined =>
  event && stamped(event.hostAtMs);

/** Reads instants of a turn; each is undefined where its side did not show it. */
class Instants {
  readonly console: TurnConsole;
  readonly exchange: Exchange;

  constructor(readonly record: TextTurnRecord) {
    this.console = new TurnConsole(record);
    this.exchange = exchangeOf(record);
  }

  /** Of a board event; one that a prompt without a line end showed has its arrival only. */
  of(event: BoardEvent | undefined): (MappedInstant & Pick<TextMark, 'stampedBy'>) | undefined {
    if (event === undefined) return undefined;
    return this.console.instantOf(event) ?? this.console.arrivalOf(event);
  }

  /** Where the answer was printed to its end. */
  get answered(): ReturnType<Instants['of']> {
    const { answer } = this.exchange;
    return answer?.complete === true ? this.of(answer) : undefined;
  }

  marks(): TextMark[] {
    const { request, firstToken, sent, requestSent, firstText } = this.exchange;
    const instants: readonly (readonly [TextMark['name'], ReturnType<Instants['of']>])[] = [
      ['questionTyped', typedAt(this.record)],
      ['requestSent', this.of(requestSent)],
      ['requestRead', at(request)],
      ['firstToken', at(firstToken)],
      ['firstText', this.of(firstText)],
      ['answerSent', at(sent)],
      ['answerPrinted', this.answered],
    ];
    return instants.flatMap(([name, instant]) => (instant === undefined ? [] : [{ name, ...instant }]));
  }

  /** By the board's own stamps where both lines have one: no way through a wire is in them. */
  boardTimeToFirstText(): Measured {
    const { requestSent, firstText } = this.exchange;
    if (requestSent === undefined) return notMeasured('not-printed');
    if (firstText === undefined) return notMeasured('no-answer');
    const { deviceAtMs: from, boot } = requestSent;
    const { deviceAtMs: to } = firstText;
    if (from !== undefined && to !== undefined && boot === firstText.boot && to >= from) {
      const tickMs = this.console.tickMsOf(boot) ?? DEFAULT_TICK_MS;
      // Both stamps are rounded down to a tick.
      return { state: 'measured', valueMs: to - from, uncertaintyMs: tickMs / Math.sqrt(6) };
    }
    return spanOf(this.of(requestSent), this.of(firstText), 'not-printed', 'no-answer');
  }
}

function spanOf(
  from: MappedInstant | undefined,
  to: MappedInstant | undefined,
  withoutFrom: NotMeasuredReason,
  withoutTo: NotMeasuredReason,
): Measured {
  if (from === undefined) return notMeasured(withoutFrom);
  return to === undefined ? notMeasured(withoutTo) : between(from, to);
}

function measuresOf(instants: Instants): Record<TextMeasureName, Measured> {
  const { exchange, record } = instants;
  const { request, firstToken, sent, done } = exchange;
  const finished = done?.status === 'completed' ? done : undefined;
  return {
    questionToAnswer: spanOf(
      record.prompt === undefined ? at(request) : typedAt(record),
      instants.answered,
      'no-request',
      'no-answer',
    ),
    timeToFirstToken: spanOf(at(request), at(firstToken), 'no-request', 'no-text'),
    totalTime: spanOf(at(request), at(sent ?? finished), 'no-request', 'no-text'),
    boardTimeToFirstText: instants.boardTimeToFirstText(),
  };
}

/** Of a turn in which the bench stood still nothing counts, neither what was measured nor what was missing. */
const unmeasured: Record<TextMeasureName, Measured> = {
  questionToAnswer: notMeasured('bad-take'),
  timeToFirstToken: notMeasured('bad-take'),
  totalTime: notMeasured('bad-take'),
  boardTimeToFirstText: notMeasured('bad-take'),
};

/**
 * A question that the board left without its answer counts as slower than every number, when every finding blames the board; a
 * failure that was ordered and reported is an answer of its own kind and has no latency. Where the bench stood still nothing counts at all.
 */
function judged(record: TextTurnRecord, measurement: TextTurnMeasurement): TextTurnMeasurement {
  const findings = diagnoseTextTurn(record);
  if (findings.some(({ code }) => code === 'HIL_TURN_BENCH_STALLED'))
    return { ...measurement, measures: unmeasured };
  const { questionToAnswer: value } = measurement.measures;
  if (value.state !== 'not-measured' || value.reason !== 'no-answer') return measurement;
  if (findings.length === 0 || findings.some(({ origin }) => origin !== 'board')) return measurement;
  const begunAtMs = measurement.marks.find(({ name }) => name === 'questionTyped' || name === 'requestRead');
  const aboveMs = Math.max(0, record.endedAtHostMs - (begunAtMs?.hostAtMs ?? record.startedAtHostMs));
  return {
    ...measurement,
    measures: {
      ...measurement.measures,
      questionToAnswer: { state: 'censored', aboveMs, reason: value.reason },
    },
  };
}

/**
 * Everything that console and provider log of one turn in writing say. Pure: nothing but the record counts. What could not be
 * taken has a reason.
 */
export function measureTextTurn(record: TextTurnRecord): TextTurnMeasurement {
  const instants = new Instants(record);
  const { request, asking, answer, sent } = instants.exchange;
  const question = request?.prompt ?? asking?.text ?? record.prompt?.transcript;
  const skewMs = boardClockSkewMs(record);
  return Object.freeze(
    judged(record, {
      schema: 'earshot/text-turn-measurement@1',
      kind: 'text',
      turnId: record.turnId,
      measures: measuresOf(instants),
      marks: instants.marks(),
      deviceMarks: instants.console.deviceMarks(),
      ...(question === undefined ? {} : { question }),
      ...(answer === undefined ? {} : { answer: answer.text }),
      ...(sent === undefined ? {} : { sent: sent.text, tokens: sent.tokens }),
      answerCheck: compareAnswer(answer?.text, sent?.text),
      ...(skewMs === undefined ? {} : { boardClockSkewMs: skewMs }),
    }),
  );
}
