import { RecordedConsole, type PortGap, type SerialTransport } from '../../board';
import {
  bootLogReader,
  CrashLineReader,
  PANIC_SILENCE_MS,
  triageCrash,
  type ElfLookup,
} from '../../board/esp32s3';
import { BoardError, type Closable } from '../../errors';
import type { Cancel, Clock, ConsoleLine } from '../../ports';
import type { MonitorEvent } from './monitor-event';
import { TypedLines } from './typed-lines';

/** Lines are told as they come; the echo of what is typed is looked for in the last ones. */
const KEEP_LINES = 2_000;

export interface WatchedConsoleOptions {
  readonly transport: SerialTransport;
  /** Tells when the port was away. Undefined: it goes once and for all. */
  readonly onGap?: ((listener: (gap: PortGap) => void) => Cancel) | undefined;
  readonly baudRate: number;
  readonly clock: Clock;
  /** Undefined: frames of crashes stay addresses. */
  readonly elf: ElfLookup | undefined;
  readonly tell: (event: MonitorEvent) => void;
}

export interface WatchedConsole extends Closable {
  readonly recorded: RecordedConsole;
  /** Types a line; resolves when it was told what became of it. */
  send(text: string): Promise<void>;
}

/** Reads a port from now on, and tells of its lines, boots, crashes and core dumps in the order in which they come. */
export function watchConsole({
  transport,
  onGap,
  baudRate,
  clock,
  elf,
  tell,
}: WatchedConsoleOptions): WatchedConsole {
  const console = new RecordedConsole({
    name: transport.path,
    clock,
    write: (bytes) => transport.write(bytes),
    baudRate,
    keepLines: KEEP_LINES,
  });
  const typed = new TypedLines(transport.path, console, clock, (line) => tell({ type: 'typed', ...line }));
  const readBoot = bootLogReader();
  let boot = 0;
  let lastAtMs = clock.nowMs();
  let cancelSilence: Cancel = () => undefined;
  // One after the other: what was printed first is decoded and told first.
  let decoded: Promise<void> = Promise.resolve();
  const crashes = new CrashLineReader({
    crash: (crash) => {
      const hostAtMs = lastAtMs;
      decoded = decoded
        .then(() => triageCrash(crash, elf))
        .then((triaged) => tell({ type: 'crash', hostAtMs, crash: triaged }));
    },
    coreDump: (dump) => tell({ type: 'core-dump', hostAtMs: lastAtMs, dump }),
  });

  const read = (line: ConsoleLine): void => {
    cancelSilence();
    lastAtMs = line.hostAtMs;
    if (line.boot !== boot) {
      boot = line.boot;
      tell({ type: 'boot', hostAtMs: line.hostAtMs, boot });
    }
    tell({ type: 'line', line });
    for (const event of readBoot(line))
      if (event.type === 'boot')
        tell({ type: 'reset-cause', hostAtMs: line.hostAtMs, boot, resetCause: event.resetCause });
    crashes.read(line);
    if (crashes.isCollecting()) cancelSilence = clock.after(PANIC_SILENCE_MS, () => crashes.readSilence());
  };

  const cancels = [
    console.onLine(read),
    transport.onBytes((bytes, hostAtMs) => console.receive(bytes, hostAtMs)),
    onGap?.((gap) => {
      console.markGap(gap);
      const { awaySinceHostMs, hostAtMs, reason } = gap;
      tell({ type: 'gap', hostAtMs, awayMs: Math.round(hostAtMs - awaySinceHostMs), reason });
    }) ?? (() => undefined),
  ];
  return {
    recorded: console,
    send: (text) => typed.send(text),
    async close() {
      console.end(
        new BoardError('HIL_BOARD_PORT_LOST', `Serial port ${transport.path} was closed.`, {
          port: transport.path,
        }),
      );
      cancelSilence();
      crashes.end();
      for (const cancel of cancels) cancel();
      await decoded;
    },
  };
}
