import { ConfigError, toWireError } from '../../../errors';
import type { ConsoleLine, DialectEvent, DialectPlugin } from '../../../ports';
import { isStamped, parseLogLine, type LogLine } from '../../console';
import type { DialectReader, EventBody } from '../../event-body';
import { problemOfEvent } from './event-shapes';

/** What a line is searched in: the log's own words, without level and time, or the whole line. */
const sourceOf = (text: string, log: LogLine | undefined): string =>
  log === undefined ? text : `${log.tag}: ${log.message}`;

/** The first row of the table that fits. A pattern with the flags g or y remembers where it last matched. */
function readTable({ lines }: DialectPlugin, source: string): readonly unknown[] {
  for (const { pattern, event } of lines) {
    pattern.lastIndex = 0;
    const found = pattern.exec(source);
    if (found === null) continue;
    const made =
      typeof event === 'function'
        ? event(...found.slice(1).map((group: string | undefined) => group ?? ''))
        : event;
    return made === undefined ? [] : [made];
  }
  return [];
}

/**
 * Reads a console as a team declared it. What its functions throw, or give back that is no event, is told once, as an event of its
 * own; a reader that did it is not asked again, and of the table every row that works goes on.
 */
export function createOwnReader(plugin: DialectPlugin): DialectReader {
  let boot: number | undefined;
  let readLine: ReturnType<NonNullable<DialectPlugin['createReader']>> | undefined;
  const broken = new Set<'lines' | 'createReader'>();
  let isTold = false;

  function failed(part: 'lines' | 'createReader', text: string, cause: unknown): readonly EventBody[] {
    broken.add(part);
    if (isTold) return [];
    isTold = true;
    const message = `${part} of dialect ${plugin.name} failed at the line ${JSON.stringify(text)}: ${cause instanceof Error ? cause.message : String(cause)}.`;
    const error = new ConfigError(
      'HIL_CONFIG_DIALECT',
      message,
      { dialect: plugin.name, part, line: text },
      { cause },
    );
    return [{ type: 'reader-failed', error: toWireError(error) }];
  }

  function guarded(
    part: 'lines' | 'createReader',
    text: string,
    read: () => readonly unknown[],
  ): readonly EventBody[] {
    // A row that failed says nothing of the others; the reader is one function.
    if (part === 'createReader' && broken.has(part)) return [];
    try {
      const events = read();
      if (!Array.isArray(events))
        throw new TypeError(`it gave back ${typeof events}; expected a list of events`);
      for (const event of events) {
        const problem = problemOfEvent(event);
        if (problem !== undefined) throw new TypeError(`the event${problem}`);
      }
      return events as readonly DialectEvent[];
    } catch (cause) {
      return failed(part, text, cause);
    }
  }

  function read(line: ConsoleLine): readonly EventBody[] {
    const { text } = line;
    if (line.boot !== boot) {
      boot = line.boot;
      readLine = undefined;
    }
    if (line.truncated === true) return [];
    const parsed = parseLogLine(text);
    // Prose such as "I: ..." has the shape of a log line without a stamp.
    const log = isStamped(parsed) ? parsed : undefined;
    const fromTable = guarded('lines', text, () => readTable(plugin, sourceOf(text, log)));
    if (plugin.createReader === undefined) return fromTable;
    const { level, tag, message } = log ?? {};
    const own = guarded('createReader', text, () => {
      readLine ??= plugin.createReader?.();
      return (
        readLine?.({
          ...line,
          ...(level === undefined || tag === undefined || message === undefined
            ? {}
            : { log: { level, tag, message } }),
        }) ?? []
      );
    });
    return [...fromTable, ...own];
  }

  return { read };
}
