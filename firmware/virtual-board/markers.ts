import type { BoardConsole } from './console/board-console';
import type { ReplCommand } from './console/repl';
import type { Crystal } from './crystal';

/** `esp_timer` starts with ESP-IDF's core services, long after the counter of the log. */
const TIMER_STARTS_MS = 900;
/** What `i` prints of the memory too. */
const HEAP = { free: 196_604, least: 180_212, largest: 110_592, psram: 7_926_852 } as const;

/** Events of a session, printed as they are; those that begin with `first-` once until they are armed again. */
export type SessionMarker =
  | 'mic-opened'
  | 'speech-started'
  | 'speech-stopped'
  | 'first-packet-out'
  | 'first-audio-in'
  | 'first-i2s-out';

const arms: Partial<Record<SessionMarker, readonly SessionMarker[]>> = {
  'mic-opened': ['first-packet-out', 'first-audio-in', 'first-i2s-out'],
  'speech-stopped': ['first-audio-in', 'first-i2s-out'],
};

type Fields = Readonly<Record<string, string | number | boolean>>;

/** CRC-16 of docs/markers.md, four hexadecimal digits. */
function checksum(text: string): string {
  const crc = [...Buffer.from(text)].reduce((before, byte) => {
    let register = before ^ (byte * 256);
    for (let shifts = 8; shifts > 0; shifts--)
      register = register >= 0x8000 ? (register * 2) ^ 0x11021 : register * 2;
    return register;
  }, 0xffff);
  return crc.toString(16).padStart(4, '0');
}

/** What a firmware with `hil_marker` built in prints, by docs/markers.md; nothing where it is not. */
export class Markers {
  private number = 0;
  private armed = new Set<SessionMarker>(arms['mic-opened']);

  constructor(
    private readonly console: BoardConsole,
    private readonly crystal: Crystal,
    private readonly isBuiltIn: boolean,
  ) {}

  /** The chip starts: numbers begin again. */
  restart(): void {
    this.number = 0;
    this.armed = new Set(arms['mic-opened']);
  }

  mark(event: SessionMarker): void {
    if (event.startsWith('first-') && !this.armed.delete(event)) return;
    for (const next of arms[event] ?? []) this.armed.add(next);
    this.print(event);
  }

  callBegun(call: string, name: string): void {
    this.print('call-begun', { call: printable(call), name: printable(name) });
  }

  callDone(call: string, name: string, ok: boolean): void {
    this.print('call-done', { call: printable(call), name: printable(name), ok });
  }

  /** The console's command `hil`; none where it is not built in. */
  get commands(): readonly ReplCommand[] {
    return this.isBuiltIn ? [this.command] : [];
  }

  private readonly command: ReplCommand = {
    name: 'hil',
    hint: 'ping <id> | heap',
    help: 'Markers of the bench: answer a clock-sync ping, print the heap',
    run: ([, what, id, ...more], done) => {
      const isPing = what === 'ping' && /^\d{1,10}$/.test(id ?? '') && Number(id) < 2 ** 32;
      if (isPing && more.length === 0) this.print('pong', { id: Number(id) });
      else if (what === 'heap' && id === undefined) this.print('heap', HEAP);
      else {
        done('ESP_ERR_INVALID_ARG');
        return;
      }
      done('ESP_OK');
    },
  };

  private print(ev: string, fields: Fields = {}): void {
    if (!this.isBuiltIn) return;
    const us = Math.floor((this.crystal.elapsedMs() - TIMER_STARTS_MS) * 1000);
    const object = JSON.stringify({ us, n: this.number++, ev, ...fields });
    this.console.print(`@hil ${object}#${checksum(object)}\n`);
  }
}

/** The first 48 bytes, with `?` for each that is not printable ASCII. */
const printable = (text: string): string =>
  Buffer.from(text)
    .subarray(0, 48)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '?');
