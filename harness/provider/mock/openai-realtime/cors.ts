import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange } from '../http/exchange';
import type { HttpAnswer } from '../http/http-answer';

/** How long a browser may remember that it may ask. */
const MAX_AGE_S = 86_400;

/** What lets a page of any origin read an answer; nothing where no page asks, as a board has no room for it. */
export const corsHeaders = ({ origin }: IncomingHttpHeaders): Readonly<Record<string, string>> =>
  origin === undefined
    ? {}
    : { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'location' };

/** The answer to a browser that asks whether its page may post here (Fetch standard, CORS preflight). */
export const preflightAnswer = ({ headers }: Exchange): HttpAnswer => ({
  status: 204,
  headers: {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers':
      headers['access-control-request-headers'] ?? 'authorization, content-type',
    'access-control-max-age': String(MAX_AGE_S),
  },
  body: '',
});
