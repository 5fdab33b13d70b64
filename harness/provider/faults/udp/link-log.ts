import type { DirectionFacts, LostBurst } from '../../../ports';

/** What became of one datagram. */
export interface DatagramEntry {
  readonly sentAtMs: number;
  readonly isAudio: boolean;
  readonly outcome: 'passed' | 'loss' | 'cut' | 'queue-full';
  /** Of one that passed: when it is due. */
  readonly dueAtMs: number;
  readonly twice: boolean;
}

/** Two minutes of speech and what belongs to it, some 60 datagrams a second: a turn is never longer. */
const MOST_KEPT = 20_000;

/** What one direction of a link did, datagram by datagram; the oldest are forgotten. */
export class LinkLog {
  private entries: DatagramEntry[] = [];

  add(entry: DatagramEntry): void {
    this.entries.push(entry);
    if (this.entries.length > 2 * MOST_KEPT) this.entries = this.entries.slice(-MOST_KEPT);
  }

  /** What was sent from the first instant up to the second. */
  between(fromMs = -Infinity, toMs = Infinity): readonly DatagramEntry[] {
    return this.entries.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs < toMs);
  }
}

/** What became of datagrams, in the order in which they were sent. */
export function factsOf(entries: readonly DatagramEntry[]): DirectionFacts {
  const passed = entries.filter(({ outcome }) => outcome === 'passed');
  const delays = passed.map(({ sentAtMs, dueAtMs }) => dueAtMs - sentAtMs);
  const count = (wanted: DatagramEntry['outcome']): number =>
    entries.filter(({ outcome }) => outcome === wanted).length;
  const audio = entries.filter(({ isAudio }) => isAudio);
  return {
    sent: entries.length,
    lost: count('loss'),
    cut: count('cut'),
    overflowed: count('queue-full'),
    delayed: delays.filter((delayMs) => delayMs > 0).length,
    reordered: overtaken(passed),
    duplicated: passed.filter(({ twice }) => twice).length,
    ...(delays.length === 0
      ? {}
      : {
          delayMs: {
            mean: delays.reduce((sum, delayMs) => sum + delayMs, 0) / delays.length,
            max: delays.reduce((most, delayMs) => Math.max(most, delayMs), 0),
          },
        }),
    audioSent: audio.length,
    audioLost: audio.filter(({ outcome }) => outcome !== 'passed').length,
    bursts: burstsOf(entries),
  };
}

/** How many arrive after one that was sent later. */
function overtaken(passed: readonly DatagramEntry[]): number {
  let earliestAfter = Infinity;
  let count = 0;
  for (const { dueAtMs } of [...passed].reverse()) {
    if (dueAtMs > earliestAfter) count += 1;
    earliestAfter = Math.min(earliestAfter, dueAtMs);
  }
  return count;
}

function burstsOf(entries: readonly DatagramEntry[]): LostBurst[] {
  const bursts: LostBurst[] = [];
  let isRunning = false;
  for (const { outcome, sentAtMs, isAudio } of entries) {
    const audio = isAudio ? 1 : 0;
    const last = bursts.at(-1);
    if (outcome !== 'passed' && isRunning && last !== undefined) {
      const { datagrams, audioPackets } = last;
      const counts = { datagrams: datagrams + 1, audioPackets: audioPackets + audio };
      bursts[bursts.length - 1] = { ...last, toHostAtMs: sentAtMs, ...counts };
    } else if (outcome !== 'passed') {
      bursts.push({ fromHostAtMs: sentAtMs, toHostAtMs: sentAtMs, datagrams: 1, audioPackets: audio });
    }
    isRunning = outcome !== 'passed';
  }
  return bursts;
}
