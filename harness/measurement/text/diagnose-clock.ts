import type { TextTurnRecord } from '../../ports';
import type { Diagnosis } from '../diagnosis';
import { boardClockSkewMs } from './board-clock';
import type { Exchange } from './exchange';
import { refusalInWords } from './refusal';

/** Spark and Tencent refuse requests whose date is further off (providers.md sections 4.2 and 5.3). */
const LARGEST_SKEW_MS = 300_000;

/** Refusals that a wrong date leads to: of a signature that has expired, or is not yet valid. */
const isOfTheDate = (refusal: {
  readonly httpStatus?: number;
  readonly status?: number;
  readonly code?: string;
  readonly message: string;
}): boolean =>
  (refusal.httpStatus ?? refusal.status) === 403 ||
  /expire|skew|\bdate\b|clock/i.test(`${refusal.code ?? ''} ${refusal.message}`);

/** What depends on the date and went wrong, in words; undefined: nothing did. */
function victimOf({ tlsRefusal, error, failure }: Exchange): string | undefined {
  if (tlsRefusal !== undefined && /future|expired|not yet valid/i.test(tlsRefusal.reason))
    return `it refused the provider's certificate ("${tlsRefusal.reason}")`;
  const refusal = error ?? failure;
  return refusal !== undefined && isOfTheDate(refusal)
    ? `the provider refused its request (${refusalInWords(refusal)})`
    : undefined;
}

/** The console says nothing of the date, and a certificate shows that it is wrong. */
const undated = ({ boardName }: TextTurnRecord, victim: string): readonly Diagnosis[] => [
  {
    code: 'HIL_TURN_CLOCK_UNSET',
    message: `The clock of board ${boardName} is wrong and its console says nothing of a time server, so ${victim}.`,
    facts: { boardDate: undefined },
  },
];

/**
 * A board with a wrong date cannot check a certificate or sign a request. Which time server it could reach is the bench's
 * affair, so the board is not blamed.
 */
export function diagnoseClock(record: TextTurnRecord, exchange: Exchange): readonly Diagnosis[] {
  const victim = victimOf(exchange);
  const { boardDate, boardName } = record;
  if (victim === undefined) return [];
  if (boardDate === undefined) return exchange.tlsRefusal === undefined ? [] : undated(record, victim);
  const facts = { boardDate, tlsRefusal: exchange.tlsRefusal?.reason, failure: exchange.failure?.message };
  if (boardDate.state === 'unset') {
    const why = boardDate.reason ?? 'its time server did not answer';
    return [
      {
        code: 'HIL_TURN_CLOCK_UNSET',
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
