import type { Finding } from '../../ports';
import type { TurnOutcome, Verdict } from '../../verdict';
import type { Evidence, FaultRow, RowResult } from './fault-row';

/** What was seen of a row. */
export interface RowSeen {
  /** Host time at which the bench began what is done under the fault. */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  readonly findings: readonly Pick<Finding, 'code' | 'origin' | 'message' | 'hostAtMs'>[];
  /** Outcomes of the turns under the fault, in order; takes that were repeated are none. */
  readonly turns: readonly TurnOutcome['outcome'][];
  readonly exitCode: Verdict['exitCode'] | undefined;
  /** Takes that the bench spoilt and repeated. */
  readonly retaken: number;
  /** Evidence that is missing, in words. */
  readonly missing: readonly string[];
  /** What was thrown that is no finding, in words. */
  readonly thrown?: string;
  /** Undefined: nothing had to be recovered. */
  readonly next?: {
    readonly good: boolean;
    readonly tookMs: number;
    /** What was wrong with it, in words. */
    readonly why?: string;
  };
}

/** Bad turns weigh more than good ones. */
const worst = (turns: RowSeen['turns']): FaultRow['turn'] =>
  (['fail', 'not-judged', 'pass'] as const).find((outcome) => turns.includes(outcome)) ?? 'none';

const isOneOf = (expected: FaultRow['codes'][number], code: string): boolean =>
  typeof expected === 'string' ? expected === code : (expected as readonly string[]).includes(code);

function codesWrong({ codes }: FaultRow, seen: readonly string[]): string[] {
  const missing = codes.filter((expected) => !seen.some((code) => isOneOf(expected, code)));
  const further = seen.filter((code) => !codes.some((expected) => isOneOf(expected, code)));
  return [
    ...missing.map((expected) => `no finding ${[expected].flat().join(' or ')}`),
    ...further.map((code) => `a finding ${code}`),
  ];
}

/** What a row says of a fault that came to nothing. */
const borne = (row: FaultRow): FaultRow => ({
  ...row,
  origin: undefined,
  codes: [],
  turn: 'pass',
  exitCode: 0,
});

/** Holds what was seen against what the row says. */
export function judgeRow(asked: FaultRow, seen: RowSeen): Omit<RowResult, 'ms'> {
  const row = asked.mayBeBorne === true && seen.findings.length === 0 ? borne(asked) : asked;
  const codes = [...new Set(seen.findings.map(({ code }) => code))];
  const origins = [...new Set(seen.findings.map(({ origin }) => origin))];
  const first = seen.findings[0];
  const detectedMs = (first?.hostAtMs ?? seen.endedAtMs) - seen.beganAtMs;
  const turn = worst(seen.turns);
  const { next } = seen;
  const wrongOrigins = origins.filter((origin) => origin !== row.origin);
  const says = row.says === undefined || row.codes.length === 0 ? undefined : new RegExp(row.says, 's');
  // What a busy machine spoilt took its time, and is no part of what is timed.
  const withinMs = row.withinMs * (1 + seen.retaken);
  const wrong = [
    ...codesWrong(row, codes),
    ...wrongOrigins.map((origin) => `${origin} is blamed, not ${row.origin ?? 'nobody'}`),
    ...(says !== undefined && !seen.findings.some(({ message }) => says.test(message))
      ? [`no finding says /${row.says ?? ''}/`]
      : []),
    ...(turn === row.turn ? [] : [`the turn is ${turn}, not ${row.turn}`]),
    ...(seen.exitCode === row.exitCode ? [] : [`exit code ${seen.exitCode ?? 'none'}, not ${row.exitCode}`]),
    ...(row.retaken === true && seen.retaken === 0 ? ['no take was repeated'] : []),
    ...(detectedMs <= withinMs ? [] : [`after ${detectedMs.toFixed(0)} ms, not within ${withinMs}`]),
    ...seen.missing.map((what) => `no ${what}`),
    ...(seen.thrown === undefined ? [] : [seen.thrown]),
    ...(next === undefined || next.good
      ? []
      : [`the next turn is not good: ${next.why ?? 'nobody knows why'}`]),
  ];
  return {
    id: row.id,
    ok: wrong.length === 0,
    wrong,
    ...(first === undefined && row.codes.length > 0 ? {} : { detectedMs }),
    origins,
    codes,
    ...(first === undefined ? {} : { message: first.message.split('\n')[0] ?? '' }),
    turn,
    ...(seen.exitCode === undefined ? {} : { exitCode: seen.exitCode }),
    recovered: next?.good ?? true,
    ...(next === undefined ? {} : { recoveredMs: next.tookMs }),
  };
}

/** Words for what a row wants to have on record. */
export const evidenceInWords = ({
  capture,
  received,
  crash,
  console,
  provider,
}: Evidence): readonly string[] => [
  ...(capture === true ? ['what the rig heard'] : []),
  ...(received === true ? ['what the provider received'] : []),
  ...(crash === true ? ['the crash, read'] : []),
  ...(console === undefined ? [] : ['the board’s words']),
  ...(provider === undefined ? [] : ['the provider’s events']),
];
