import { renderCrash } from '../decode/render-crash';
import type { MonitorEvent } from './monitor-event';

/** `14:03:27.512` of a wall time in milliseconds, in the time zone of this machine. */
function timeOfDay(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

export interface TextOptions {
  /** Each line begins with the time at which it came. */
  readonly timestamps: boolean;
  /** Wall time at 0 of the host's clock. */
  readonly unixAtZeroMs: number;
}

/** An event as lines of text, each with its line feed. What the board printed stands at the edge, the monitor's own words do not. */
export function textOf(event: MonitorEvent, { timestamps, unixAtZeroMs }: TextOptions): string {
  const stamped = (hostAtMs: number, text: string): string =>
    `${timestamps ? `${timeOfDay(unixAtZeroMs + hostAtMs)}  ` : ''}${text}\n`;
  switch (event.type) {
    case 'line':
      return stamped(event.line.hostAtMs, event.line.text);
    case 'boot':
      return stamped(event.hostAtMs, `──── boot ${event.boot} ────`);
    case 'reset-cause':
      return stamped(event.hostAtMs, `──── boot ${event.boot}: ${event.resetCause} ────`);
    case 'gap':
      return stamped(event.hostAtMs, `──── port away for ${event.awayMs} ms: ${event.reason} ────`);
    case 'reset-step':
      return stamped(event.hostAtMs, `──── reset by ${event.text} ────`);
    case 'not-reset':
      return stamped(event.hostAtMs, `──── ${event.code}: ${event.text} ────`);
    case 'crash':
      return `──── decoded ────\n${renderCrash(event.crash, event.crash.elf && { name: event.crash.elf.file, sha256: event.crash.elf.sha256 })}────\n`;
    case 'core-dump': {
      const { bytes, problem } = event.dump;
      const doubt = problem === undefined ? '' : `, not to be relied on: ${problem}`;
      return stamped(event.hostAtMs, `──── core dump: ${bytes.length} bytes${doubt} ────`);
    }
    case 'typed':
      return event.refused === undefined
        ? ''
        : stamped(event.hostAtMs, `──── ${JSON.stringify(event.text)} ${event.refused} ────`);
  }
}

/** An event as one line of JSON with its line feed. */
export function jsonOf(event: MonitorEvent): string {
  const { type } = event;
  const body =
    type === 'line'
      ? event.line
      : type === 'crash'
        ? { hostAtMs: event.hostAtMs, ...event.crash }
        : type === 'core-dump'
          ? { hostAtMs: event.hostAtMs, sizeBytes: event.dump.bytes.length, problem: event.dump.problem }
          : event;
  return `${JSON.stringify({ type, ...body })}\n`;
}
