import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { BoardServices } from '../dialect/application';
import { authoritiesOf, certificateObjections } from './certificate-check';

const CONNECT_TIMEOUT_MS = 10_000;
const TLS_TAG = 'esp-tls-mbedtls';
/** MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, printed as a negative number. */
const VERIFY_FAILED = '0x2700';

const isSecure = (url: URL): boolean => url.protocol === 'https:' || url.protocol === 'wss:';
/** Host name or address, an IPv6 one without its brackets. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

const portOf = (url: URL): number => {
  if (url.port !== '') return Number(url.port);
  return isSecure(url) ? 443 : 80;
};

function startTls(url: URL): TLSSocket {
  const host = hostOf(url);
  // Verified below: Node would take the host's clock.
  const options = { host, port: portOf(url), rejectUnauthorized: false };
  return connectTls(isIP(host) === 0 ? { ...options, servername: host } : options);
}

/** Prints what mbedTLS says of the peer's certificate; false when it is refused. */
function accepts({ console, provider, wallClock }: BoardServices, socket: TLSSocket, url: URL): boolean {
  const peer = socket.getPeerX509Certificate();
  if (peer === undefined) return false;
  const authorities = authoritiesOf(provider.tlsCa);
  const objections = certificateObjections(peer, authorities, hostOf(url), wallClock.unixMs());
  if (objections.length === 0) return true;
  console.log('E', TLS_TAG, `mbedtls_ssl_handshake returned -${VERIFY_FAILED}`);
  console.log('I', TLS_TAG, 'Failed to verify peer certificate!');
  console.log('I', TLS_TAG, `verification info: ${objections.map((reason) => `  ! ${reason}`).join('\n')}`);
  return false;
}

/**
 * Opens TCP, or TLS for `https:` and `wss:`, within 10 s. The connection ends when `signal` aborts.
 * @param verifies - False for a firmware that takes any certificate.
 * @throws Error that says why there is none.
 */
export function openConnection(
  services: BoardServices,
  url: URL,
  signal: AbortSignal,
  verifies = true,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secure = isSecure(url) ? startTls(url) : undefined;
    const socket = secure ?? connect(portOf(url), hostOf(url));
    const fail = (cause: Error): void => {
      cancelTimeout();
      socket.destroy();
      reject(cause);
    };
    const cancelTimeout = services.after(CONNECT_TIMEOUT_MS, () =>
      fail(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' })),
    );
    signal.addEventListener('abort', () => fail(new Error('aborted')), { once: true });
    socket.on('error', fail);
    socket.once(secure === undefined ? 'connect' : 'secureConnect', () => {
      cancelTimeout();
      socket.setNoDelay(true);
      if (secure !== undefined && verifies && !accepts(services, secure, url))
        fail(new Error('certificate refused'));
      else resolve(socket);
    });
  });
}
