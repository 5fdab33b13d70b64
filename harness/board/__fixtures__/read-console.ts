import type { BoardEvent } from '../../ports';
import { RecordedConsole } from '../console';
import { PARTIAL_QUIET_MS } from '../console/recorded-console';
import { dialectByName } from '../dialect';
import { readEvents } from '../event-reader';
import { ManualClock } from './manual-clock';

/** What a board of this dialect says that prints these bytes, in pieces of so many; without where and when it said so. */
export async function readConsole(
  dialect: string,
  printed: Buffer,
  pieceBytes = Infinity,
): Promise<object[]> {
  const clock = new ManualClock();
  const write = () => Promise.resolve();
  const console = new RecordedConsole({ name: dialect, clock, write, baudRate: 115_200 });
  const seen: BoardEvent[] = [];
  readEvents({
    board: dialect,
    console,
    dialect: dialectByName(dialect),
    clock,
    emit: (event) => seen.push(event),
  });
  for (let at = 0; at < printed.length; at += pieceBytes) {
    clock.advance(1);
    console.receive(printed.subarray(at, at + pieceBytes), clock.nowMs());
  }
  clock.advance(PARTIAL_QUIET_MS + 1);
  await Promise.resolve();
  await Promise.resolve();
  const stamps: ReadonlySet<string> = new Set(['hostAtMs', 'deviceAtMs', 'boot', 'lineIndex']);
  return seen.map((event) => Object.fromEntries(Object.entries(event).filter(([key]) => !stamps.has(key))));
}
