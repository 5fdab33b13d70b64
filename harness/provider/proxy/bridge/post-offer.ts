import { parseBody } from '../../live/frames';
import { isObject } from '../../mock/json/check';
import { objectIn, textIn } from '../realtime/wire-event';
import { requestUpstream } from '../request-upstream';
import type { Upstream } from '../upstream';
import { BAD_GATEWAY, REACH_MS, type AskedCall, type CallRefusal } from './provider-side';

const CALLS = '/v1/realtime/calls';
const CREATED = 201;
/** An answer has some 2 KB, an error less. */
const MOST_BYTES = 64 * 1024;

/** The request's body and its type: the offer alone, or with the session of a form. */
async function written(
  offerSdp: string,
  session: AskedCall['session'],
): Promise<{ readonly type: string; readonly body: Buffer }> {
  if (session === undefined) return { type: 'application/sdp', body: Buffer.from(offerSdp) };
  const form = new FormData();
  form.set('sdp', offerSdp);
  form.set('session', JSON.stringify(session));
  const made = new Response(form);
  const type = made.headers.get('content-type') ?? 'multipart/form-data';
  return { type, body: Buffer.from(await made.arrayBuffer()) };
}

/**
 * Posts the bridge's offer to the provider (reference/providers.md 2.2).
 * @returns The SDP answer, or why there is none, in the provider's words where it said any.
 */
export async function postOffer(
  offerSdp: string,
  { authorization, model, session }: AskedCall,
  upstream: Upstream,
): Promise<string | CallRefusal> {
  const { type, body } = await written(offerSdp, session);
  const shown = authorization === undefined ? [] : ['Authorization', authorization];
  const sent = upstream.authorise({
    method: 'POST',
    path: model === undefined ? CALLS : `${CALLS}?model=${encodeURIComponent(model)}`,
    headers: [...shown, 'Content-Type', type, 'Content-Length', String(body.length)],
    body,
  });
  return new Promise((resolve) => {
    const fail = (code: string, message: string): void => resolve({ status: BAD_GATEWAY, code, message });
    const call = requestUpstream(upstream, sent, REACH_MS);
    call.on('timeout', () => call.destroy(new Error(`no answer within ${REACH_MS} ms`)));
    call.on('error', (cause) => fail('unreachable', `earshot proxy: ${cause.message}`));
    call.on('response', (answer) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= MOST_BYTES) parts.push(part);
        else call.destroy(new Error(`the answer has more than ${MOST_BYTES} bytes`));
      });
      answer.once('error', (cause) => fail('cut', `earshot proxy: ${cause.message}`));
      answer.once('end', () => {
        const { statusCode: status = BAD_GATEWAY } = answer;
        const said = Buffer.concat(parts);
        resolve(status === CREATED ? said.toString() : refusalIn(status, said));
      });
    });
    call.end(sent.body);
  });
}

function refusalIn(status: number, said: Buffer): CallRefusal {
  const body = parseBody(said);
  const error = isObject(body) ? objectIn(body, 'error') : {};
  const message = textIn(error, 'message') || `the provider answered the call with ${status}`;
  // Anything else than a refusal would be taken for an answer by the board.
  return { status: status >= 400 ? status : BAD_GATEWAY, code: textIn(error, 'code') || 'no_key', message };
}
