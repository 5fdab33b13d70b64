import { request as httpRequest, type ClientRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { OutgoingRequest, Upstream } from './upstream';

/**
 * Begins a request to the real provider; its body is the caller's to write.
 * @param timeoutMs - Of a socket that is silent; default: none, since a stream may pause for as long as it likes.
 */
export function requestUpstream(
  upstream: Upstream,
  sent: OutgoingRequest,
  timeoutMs?: number,
): ClientRequest {
  const origin = upstream.originOf(sent.path);
  const secure = origin.protocol === 'https:';
  return (secure ? httpsRequest : httpRequest)({
    hostname: origin.hostname,
    port: origin.port === '' ? (secure ? 443 : 80) : origin.port,
    method: sent.method,
    path: sent.path,
    headers: ['host', origin.host, ...sent.headers],
    agent: secure ? upstream.httpsAgent : upstream.httpAgent,
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  });
}
