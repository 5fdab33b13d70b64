import { jsonObject } from '../printed-calls';

/** What the firmware sends, as far as the harness wants to know. */
export interface SentMessage {
  /** Its `type`; undefined when it was printed broken. */
  readonly type: string | undefined;
  /** The session of a `session.update`. */
  readonly session: Readonly<Record<string, unknown>> | undefined;
}

/** A message is longer than this only if its end was lost. */
const MOST_LINES = 600;

/**
 * Gathers the JSON behind `Begin to send json:`: on one line, or pretty-printed, where every further line begins with a tab but the
 * last one, which is a brace. Any other line proves that the end was lost.
 */
export class SentJson {
  private lines: string[] | undefined;

  /** What stands behind the colon; gives the message when it is whole already. */
  begin(text: string): SentMessage | undefined {
    const whole = jsonObject(text);
    this.lines = whole === undefined ? [text] : undefined;
    return whole === undefined ? undefined : messageOf(whole);
  }

  /** Whether this line belongs to a message that has begun; `message` once that is whole. */
  next(text: string): { readonly message?: SentMessage } | undefined {
    const { lines } = this;
    if (lines === undefined) return undefined;
    const isLast = text === '}';
    if ((!isLast && !text.startsWith('\t')) || lines.length >= MOST_LINES) {
      this.lines = undefined;
      return undefined;
    }
    lines.push(text);
    if (!isLast) return {};
    this.lines = undefined;
    return { message: messageOf(jsonObject(lines.join('\n'))) };
  }

  forget(): void {
    this.lines = undefined;
  }
}

const objectIn = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

const messageOf = (message: Readonly<Record<string, unknown>> | undefined): SentMessage => ({
  type: typeof message?.['type'] === 'string' ? message['type'] : undefined,
  session: objectIn(message?.['session']),
});

/** Names of the tools that a session declares; undefined when it says nothing of tools. */
export function toolsOf(session: SentMessage['session']): readonly string[] | undefined {
  const tools = session?.['tools'];
  if (!Array.isArray(tools)) return undefined;
  return tools.flatMap((tool: unknown) => {
    const name = objectIn(tool)?.['name'];
    return typeof name === 'string' ? [name] : [];
  });
}
