import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../ports';
import { headersByName, passedOn } from './passed-headers';
import { requestUpstream } from './request-upstream';
import type { HttpTraffic } from './traffic';
import type { OutgoingRequest, Upstream } from './upstream';

/** What a board is told when the provider cannot be reached: the one answer that is the proxy's own. */
const BAD_GATEWAY = 502;

/** The board's request as the provider will get it. */
export function outgoing(request: IncomingMessage, body: Buffer, upstream: Upstream): OutgoingRequest {
  const headers = passedOn(request, (name) => upstream.credentialHeaders.has(name));
  headers.push('accept-encoding', 'identity');
  const { method = 'GET', url: path = '/' } = request;
  return upstream.authorise({ method, path, headers, body });
}

/**
 * Hands one exchange on: the request once it was read, the answer piece by piece as it comes, bodies byte for byte. A cut on
 * either side becomes a cut on the other.
 */
export function forwardHttp(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  upstream: Upstream,
  traffic: HttpTraffic,
  clock: Clock,
): void {
  const { method = 'GET', url: path = '/' } = request;
  traffic.asked({ method, path, headers: headersByName(request), body, hostAtMs: clock.nowMs() });
  const sent = outgoing(request, body, upstream);
  let over = false;
  const end = (how: Parameters<HttpTraffic['ended']>[0], why?: string): void => {
    if (over) return;
    over = true;
    traffic.ended(how, clock.nowMs(), why);
  };
  const call = requestUpstream(upstream, sent);
  call.on('response', (answer) => {
    const { statusCode = BAD_GATEWAY, statusMessage } = answer;
    response.sendDate = false;
    traffic.answered(statusCode, headersByName(answer), clock.nowMs());
    response.writeHead(statusCode, statusMessage, passedOn(answer));
    response.flushHeaders();
    answer.on('data', (bytes: Buffer) => {
      const hasRoom = response.write(bytes);
      traffic.body(bytes, clock.nowMs());
      if (!hasRoom) answer.pause();
    });
    response.on('drain', () => answer.resume());
    answer.once('end', () => {
      response.end();
      end('complete');
    });
    answer.once('error', (cause) => {
      end('cut-by-provider', cause.message);
      response.destroy();
    });
  });
  call.on('error', (cause) => {
    if (response.headersSent) {
      end('cut-by-provider', cause.message);
      response.destroy();
      return;
    }
    end('unreachable', cause.message);
    const said = JSON.stringify({
      error: { message: `earshot proxy: ${upstream.originOf(sent.path).host} cannot be reached` },
    });
    response.writeHead(BAD_GATEWAY, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(said),
    });
    response.end(said);
  });
  response.once('close', () => {
    if (response.writableFinished) return;
    end('cut-by-board');
    call.destroy();
  });
  // A board that resets while it is being answered is not our failure.
  response.on('error', () => undefined);
  call.end(body.length > 0 ? sent.body : undefined);
}
