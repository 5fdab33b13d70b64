/** What happens while a question is answered, in this order; all but `sent` as often as it happens. */
export interface ChatEvents {
  /** The provider let the board in and gave it a token. */
  signedIn(tokenBytes: number): void;
  /** The last byte of the question was handed to the socket. */
  sent(): void;
  /** A piece of the reasoning before the answer; never empty. */
  thought(text: string): void;
  /** A piece of the answer; never empty. */
  answer(text: string): void;
}

/** How one provider is asked. */
export interface ChatProtocol {
  /** As the console and docs/dialect-text-chat.md call it. */
  readonly name: string;
  /** Where questions go, its path included. */
  readonly url: URL;
  /**
   * Asks one question; ends early when `signal` aborts.
   * @returns Tokens of the answer as the provider counted them, -1 where it does not.
   * @throws ChatFailure when it was refused or broke; any Error when there was no connection.
   */
  ask(question: string, events: ChatEvents, signal: AbortSignal): Promise<number>;
}

/** The provider does not count. */
export const UNCOUNTED = -1;

/** A question without a complete answer, in the terms of the console's failure line. */
export class ChatFailure extends Error {
  /** @param code - The provider's own; undefined when it has none. */
  constructor(
    readonly status: number,
    readonly code: string | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The failure of an answer that ended without saying so. */
export const incomplete = (status: number): ChatFailure =>
  new ChatFailure(status, undefined, 'the answer ended before it was complete');

type Fields = Readonly<Record<string, unknown>>;

/** Fields of a JSON object; those of anything else are undefined. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** A text, or '' for anything else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A count, or -1 for anything else. */
export const countOf = (value: unknown): number => (typeof value === 'number' ? value : UNCOUNTED);

/** JSON, or undefined for what is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
