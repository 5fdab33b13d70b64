/** A place in a Python program. */
export interface PythonFrame {
  /** As the interpreter names it: `main.py`, or `<stdin>` for what the REPL was given. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Absent in a syntax error, which has only a place. */
  readonly function?: string;
}

/** An exception that nobody caught, as the interpreter printed it. */
export interface PythonException {
  /** Its class, such as `OSError`. */
  readonly type: string;
  /** Empty where it has none. */
  readonly message: string;
  /** Of an `OSError`, such as 2 for ENOENT. */
  readonly errno?: number;
  /** The outermost call first, as printed. */
  readonly frames: readonly PythonFrame[];
}

const HEADLINE = 'Traceback (most recent call last):';
const FRAME = /^ {2}File "(.*)", line (\d+)(?:, in (.*))?$/;
const LAST_LINE = /^([A-Za-z_][\w.]*)(?:: ?(.*))?$/s;
const ERRNO = /^(?:\[Errno (\d+)\]|(\d+)$)/;

/**
 * Reads the traceback that MicroPython prints (`mp_obj_print_exception`): a headline, a line for each frame, and the exception,
 * whose message may have lines of its own.
 * @returns undefined when the text is none.
 */
export function readTraceback(text: string): PythonException | undefined {
  const lines = text.replaceAll('\r\n', '\n').trimEnd().split('\n');
  const start = lines.indexOf(HEADLINE);
  const rest = start < 0 ? lines : lines.slice(start + 1);
  const frames: PythonFrame[] = [];
  while (frames.length < rest.length) {
    const [, file, line, name] = FRAME.exec(rest[frames.length] ?? '') ?? [];
    if (file === undefined) break;
    frames.push({ file, line: Number(line), ...(name === undefined ? {} : { function: name }) });
  }
  const [, type, message = ''] = LAST_LINE.exec(rest.slice(frames.length).join('\n')) ?? [];
  if (type === undefined || (start < 0 && frames.length === 0)) return undefined;
  const [, named, bare] = (type === 'OSError' ? ERRNO.exec(message) : null) ?? [];
  const errno = named ?? bare;
  return { type, message, ...(errno === undefined ? {} : { errno: Number(errno) }), frames };
}

/** An exception in one line, with the place that raised it. */
export function describeException({ type, message, frames }: PythonException): string {
  const place = frames.at(-1);
  const what = message === '' ? type : `${type}: ${message}`;
  return place === undefined ? what : `${what} (${place.file}, line ${place.line})`;
}
