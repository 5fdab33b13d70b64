import type { BoardEvent, ProviderEvent, TextTurnRecord } from '../../ports';

type OfProvider<T extends ProviderEvent['type']> = Extract<ProviderEvent, { readonly type: T }>;
type OfBoard<T extends BoardEvent['type']> = Extract<BoardEvent, { readonly type: T }>;

/** One question and what became of it, from both logs. A part is undefined where its side did not show it. */
export interface Exchange {
  /** First request of the turn: a board that asks again has asked since then. */
  readonly request: OfProvider<'request'> | undefined;
  /**
   * Of the last request, which is the one that is answered; the whole answer where it is not streamed. Reasoning is none of
   * the answer (reference/providers.md 3.3).
   */
  readonly firstToken: OfProvider<'first-token' | 'text-out'> | undefined;
  /** The first sign of life of that answer, its reasoning included. */
  readonly begun: OfProvider<'first-token' | 'text-out'> | undefined;
  readonly sent: OfProvider<'text-out'> | undefined;
  readonly done: OfProvider<'response-done'> | undefined;
  /** What the provider refused or broke, wherever it did. */
  readonly error: OfProvider<'error'> | undefined;
  readonly asking: OfBoard<'asking'> | undefined;
  readonly requestSent: OfBoard<'request-sent'> | undefined;
  readonly firstText: OfBoard<'first-text'> | undefined;
  readonly answer: OfBoard<'answer'> | undefined;
  readonly failure: OfBoard<'request-failed'> | undefined;
  readonly tlsRefusal: OfBoard<'tls-refused'> | undefined;
  /** Last complaint of the board. */
  readonly complaint: OfBoard<'complaint'> | undefined;
}

/** The exchange of a turn in writing. */
export function exchangeOf({ providerEvents, boardEvents }: TextTurnRecord): Exchange {
  const provider = <T extends ProviderEvent['type']>(type: T) =>
    providerEvents.filter((event): event is OfProvider<T> => event.type === type);
  const board = <T extends BoardEvent['type']>(type: T) =>
    boardEvents.filter((event): event is OfBoard<T> => event.type === type);
  const requests = provider('request');
  const { responseId: last, stream } = requests.at(-1) ?? {};
  const ofLast = (event: { readonly responseId?: string }): boolean =>
    last === undefined || event.responseId === last;
  const sent = provider('text-out').find(ofLast);
  const tokens = provider('first-token').filter(ofLast);
  const whole = stream === false ? sent : undefined;
  return {
    request: requests[0],
    firstToken: tokens.find(({ kind }) => kind === 'answer') ?? whole,
    begun: tokens[0] ?? whole,
    sent,
    done: provider('response-done').find(ofLast),
    error: provider('error').find((event) => event.responseId === undefined || ofLast(event)),
    asking: board('asking')[0],
    requestSent: board('request-sent').at(-1),
    firstText: board('first-text').at(-1),
    answer: board('answer').at(-1),
    failure: board('request-failed').at(-1),
    tlsRefusal: board('tls-refused').at(-1),
    complaint: board('complaint').at(-1),
  };
}
