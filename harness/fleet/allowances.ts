import type { PieceOrder } from './queue';
import type { Unit } from './work';

/** What the benches together may ask of a provider. */
export interface Allowance {
  /** Units at once. Absent: any number. */
  readonly atOnce?: number;
  /** Units that begin in one minute of the clock. Absent: any number. */
  readonly unitsPerMinute?: number;
  /** Sum on one day (UTC) of what units were thought to cost, and of what they did cost once that is known. Absent: no cap. */
  readonly centsPerDay?: number;
  /** What somebody configured that a turn costs. Absent: nothing. */
  readonly centsPerTurn?: number;
}

/** What is asked of a provider. */
export interface ProviderUse {
  readonly provider: string;
  readonly allowance: Allowance;
  /** Units that run. */
  readonly running: number;
  /** The last day on which a unit began, counted from 1970 in UTC, and what was spent on it. */
  readonly day: number;
  readonly spentCents: number;
  /** The last minute in which a unit began, counted likewise, and how many did. */
  readonly minute: number;
  readonly begun: number;
}

/** Why a provider allows no more just now. */
export interface Held {
  readonly provider: string;
  /** Units that run, units that began in this minute, or cents that were spent today (UTC). */
  readonly by: 'at-once' | 'per-minute' | 'per-day';
  readonly used: number;
  readonly limit: number;
}

const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** @param nowMs - Milliseconds since 1970. */
export const dayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS);
export const minuteOf = (nowMs: number): number => Math.floor(nowMs / MINUTE_MS);

/** What was spent on the day that it is. */
export const spentToday = ({ day, spentCents }: ProviderUse, nowMs: number): number =>
  day < dayOf(nowMs) ? 0 : spentCents;

/** Why a provider does not allow a unit at such a cost; undefined: it does. What costs nothing is never too dear. */
export function heldBy(use: ProviderUse | undefined, costCents: number, nowMs: number): Held | undefined {
  if (use === undefined) return undefined;
  const { provider, running, allowance } = use;
  const { atOnce = Infinity, unitsPerMinute = Infinity, centsPerDay = Infinity } = allowance;
  const spent = spentToday(use, nowMs);
  if (costCents > 0 && spent + costCents > centsPerDay)
    return { provider, by: 'per-day', used: spent, limit: centsPerDay };
  if (running >= atOnce) return { provider, by: 'at-once', used: running, limit: atOnce };
  const begun = use.minute < minuteOf(nowMs) ? 0 : use.begun;
  if (begun < unitsPerMinute) return undefined;
  return { provider, by: 'per-minute', used: begun, limit: unitsPerMinute };
}

/** What a job asks of providers: of each the cost of its cheapest unit. */
export type Asked = Readonly<Record<string, number>>;

export function askedBy(pieces: readonly PieceOrder[]): Asked {
  const asked: Record<string, number> = {};
  for (const { needs, costCents = 0, chore } of pieces)
    if (chore === undefined) asked[needs.provider] = Math.min(asked[needs.provider] ?? Infinity, costCents);
  return asked;
}

/** Why none of a job's units may begin; undefined: one may, as far as providers go. */
export function heldOf(asked: Asked, uses: readonly ProviderUse[], nowMs: number): Held | undefined {
  const held = Object.entries(asked).map(([provider, costCents]) =>
    heldBy(
      uses.find((use) => use.provider === provider),
      costCents,
      nowMs,
    ),
  );
  return held.includes(undefined) ? undefined : held[0];
}

/** Which units providers still allow: by how many run and begin and by what was spent, over all benches of one process. */
export class Allowances {
  private readonly limits = new Map<string, Allowance>();
  private readonly known = new Map<string, Omit<ProviderUse, 'allowance'>>();
  /** By unit: the day on which it began. */
  private readonly daysOf = new Map<string, number>();

  /** @param nowMs - Milliseconds since 1970. */
  constructor(private readonly nowMs: () => number) {}

  /** @param allowance - Undefined: the provider is not limited any more. */
  limit(provider: string, allowance: Allowance | undefined): void {
    if (allowance === undefined) this.limits.delete(provider);
    else this.limits.set(provider, allowance);
  }

  /** Of providers that are limited. */
  uses(): readonly ProviderUse[] {
    return [...this.limits].map(([provider, allowance]) => ({ ...this.useOf(provider), allowance }));
  }

  allows({ needs, costCents }: Unit): boolean {
    const allowance = this.limits.get(needs.provider);
    if (allowance === undefined) return true;
    return heldBy({ ...this.useOf(needs.provider), allowance }, costCents, this.nowMs()) === undefined;
  }

  take({ id, needs: { provider }, costCents }: Unit): void {
    const use = this.useOf(provider);
    const [day, minute] = [dayOf(this.nowMs()), minuteOf(this.nowMs())];
    this.daysOf.set(id, day);
    this.known.set(provider, {
      provider,
      running: use.running + 1,
      day,
      spentCents: (use.day < day ? 0 : use.spentCents) + costCents,
      minute,
      begun: (use.minute < minute ? 0 : use.begun) + 1,
    });
  }

  /** @param cents - What it did cost. What is not known is taken for what it was thought to cost: money is not spent twice. */
  end({ id, needs: { provider }, costCents }: Unit, cents = costCents): void {
    const use = this.useOf(provider);
    const isOfToday = this.daysOf.get(id) === use.day;
    this.daysOf.delete(id);
    this.known.set(provider, {
      ...use,
      running: use.running - 1,
      spentCents: use.spentCents + (isOfToday ? cents - costCents : 0),
    });
  }

  private useOf(provider: string): Omit<ProviderUse, 'allowance'> {
    return this.known.get(provider) ?? { provider, running: 0, day: 0, spentCents: 0, minute: 0, begun: 0 };
  }
}
