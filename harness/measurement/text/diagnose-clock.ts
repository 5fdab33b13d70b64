import type { TextTurnRecord } from '../../ports';
import type { Diagnosis } from '../diagnosis';
import { boardClockSkewMs } from './board-clock';
import type { Exchange } from './exchange';
import { refusalInWords } from './refusal';

/** Spark and Tencent refuse requests whose date is further off (providers.md sections 4.2 and 5.3). */
const LARGEST_SKEW_MS = 300_000;

interface Refusal {
  readonly httpStatus?: number;
  readonly status?: number;
  readonly code?: string;
  readonly message: string;
}

/** Refusals that a wrong date leads to: of a signature that has expired, or is not yet valid. */
const mayBeOfTheDate = (refusal: Refusal): boolean =>
  (refusal.httpStatus ?? refusal.status) === 403 ||
  /expire|skew|\bdate\b|clock/i.test(`${refusal.code ?? ''} ${refusal.message}`);

/** Refusals that name the date by themselves: a token may expire too, and a 403 may be of a permission. */
const namesTheDate = ({ code = '', message }: Refusal): boolean =>
  /skew|\bdate\b|signature ?expire/i.test(`${code} ${message}`);

/** What depends on the date and went wrong, in words; undefined: nothing did. */
function victimOf(
  { tlsRefusal, error, failure }: Exchange,
  isOfTheDate: (refusal: Refusal) => boolean,
): string | undefined {
  if (tlsRefusal !== undefined && /future|expired|not yet valid/i.test(tlsRefusal.reason))
    return `it refused the provider's certificate ("${tlsRefusal.reason}")`;
  const refusal = error ?? failure;
  return refusal !== undefined && isOfTheDate(refusal)
    ? `the provider refused its request (${refusalInWords(refusal)})`
    : undefined;
}

/** Whether the board could have had the time from the bench: the server told it and nobody took it, or nobody asked. */
function timeNotTaken({ timeQuestions }: TextTurnRecord): string | undefined {
  if (timeQuestions === undefined) return undefined;
  const asked = timeQuestions.length;
  if (asked === 0) return "it has not asked the bench's time server";
  const right = timeQuestions.filter(
    ({ answer }) => 'skewMs' in answer && Math.abs(answer.skewMs) <= LARGEST_SKEW_MS,
  ).length;
  const which = right === 1 ? 'the right answer' : `any of the ${right} right answers`;
  return right === 0
    ? undefined
    : `it did not take ${which} of the bench's time server to ${asked} questions`;
}

/** Why nobody had the right time to tell, as far as the bench knows. */
const timeNotTold = ({ timeQuestions }: TextTurnRecord): string =>
  timeQuestions === undefined
    ? 'its console says nothing of a time server'
    : `the bench's time server did not tell the right time to ${timeQuestions.length} questions`;

/** The console says nothing of the date; a certificate or the provider's own words show that it is wrong. */
function undated(record: TextTurnRecord, exchange: Exchange): readonly Diagnosis[] {
  const { boardName, timeQuestions, ordered } = record;
  const victim = victimOf(exchange, namesTheDate);
  // A provider that was told to put its clock off says as much of boards whose date is right.
  if (victim === undefined || ordered === 'clock-skew') return [];
  const notTaken = timeNotTaken(record);
  const why = notTaken ?? timeNotTold(record);
  return [
    {
      code: notTaken === undefined ? 'HIL_TURN_CLOCK_UNSET' : 'HIL_TURN_TIME_NOT_TAKEN',
      message: `The clock of board ${boardName} is wrong and ${why}, so ${victim}.`,
      facts: { boardDate: undefined, timeQuestions },
    },
  ];
}

/**
 * A board with a wrong date cannot check a certificate or sign a request. Which time server it could reach is the bench's
 * affair, so the board is blamed only where the bench has one that was not asked, or that told the time in vain.
 */
export function diagnoseClock(record: TextTurnRecord, exchange: Exchange): readonly Diagnosis[] {
  const { boardDate, boardName, timeQuestions } = record;
  if (boardDate === undefined) return undated(record, exchange);
  const victim = victimOf(exchange, mayBeOfTheDate);
  if (victim === undefined) return [];
  const seen = { tlsRefusal: exchange.tlsRefusal?.reason, failure: exchange.failure?.message };
  const facts = { boardDate, ...seen, timeQuestions };
  if (boardDate.state === 'unset') {
    const notTaken = timeNotTaken(record);
    const why = notTaken ?? boardDate.reason ?? 'its time server did not answer';
    return [
      {
        code: notTaken === undefined ? 'HIL_TURN_CLOCK_UNSET' : 'HIL_TURN_TIME_NOT_TAKEN',
        message: `The clock of board ${boardName} says 1970 since ${why}, so ${victim}.`,
        facts,
      },
    ];
  }
  const skewMs = boardClockSkewMs(record);
  if (skewMs === undefined || Math.abs(skewMs) <= LARGEST_SKEW_MS) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    {
      code: 'HIL_TURN_CLOCK_WRONG',
      message: `The clock of board ${boardName} is ${seconds} s ${skewMs > 0 ? 'fast' : 'slow'}, ${LARGEST_SKEW_MS / 1000} s are allowed, so ${victim}.`,
      facts: { ...facts, skewMs },
    },
  ];
}
