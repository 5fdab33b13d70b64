import { jsonAnswer, type HttpAnswer } from '../http/http-answer';
import type { Fault } from '../json/check';

/** What is refused over HTTP; without a code where the service gives none. */
export type HttpFault = Omit<Fault, 'code'> & { readonly code: string | null };

/** The fault `unavailable`: 503. The words are ours, the service documents the status alone. */
export const overloaded = {
  code: 'service_unavailable',
  message: 'The engine is currently overloaded, please try again later.',
} as const;

/** A refusal in the service's shape (reference/providers.md 3.4). */
export const refusalAnswer = (status: number, { code, message, param }: HttpFault): HttpAnswer => {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return jsonAnswer(status, { error: { message, type, param, code } });
};
