import type { ProviderProtocol } from '../../ports';
import type { HttpTraffic, Side, SocketTraffic } from './traffic';

/** Bytes as JSON can hold them: text where they are valid UTF-8, else base64. */
export type CassetteBytes = ({ readonly text: string } | { readonly base64: string }) & {
  /** A secret was taken out of them: they are not what was sent. */
  readonly masked?: true;
};

interface Recorded {
  /** From the request, in ms. */
  readonly atMs: number;
}

export interface HttpTake {
  readonly kind: 'http';
  readonly request: {
    readonly method: string;
    /** Without its query where that is a signature. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: CassetteBytes;
  };
  readonly answer?: Recorded & {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Pieces as they came, each with its time. */
    readonly body: readonly (Recorded & CassetteBytes)[];
  };
  readonly end: Recorded & { readonly how: Parameters<HttpTraffic['ended']>[0] };
}

export interface SocketTake {
  readonly kind: 'socket';
  readonly path: string;
  readonly messages: readonly (Recorded & { readonly from: Side; readonly binary?: true } & CassetteBytes)[];
  readonly end: Recorded &
    (
      | { readonly how: 'closed'; readonly by: Side; readonly code: number; readonly reason: string }
      | { readonly how: 'refused'; readonly status: number; readonly body: CassetteBytes }
    );
}

export type Take = HttpTake | SocketTake;

/** First line of a cassette; every further line is a take. */
export interface CassetteHead {
  readonly schema: 'earshot/cassette@1';
  readonly protocol: ProviderProtocol;
  readonly recordedAt: string;
}

/** Only this much of one take is kept: sound both ways for some minutes. What is longer is left out, and the recorder told. */
export const MOST_TAKE_BYTES = 64 * 1024 * 1024;

const credentialHeader =
  /^(authorization|cookie|set-cookie|x-auth-token|x-subject-token|x-tc-token|api-key|x-api-key|openai-organization|openai-project)$/;
/** Stands for what was masked. */
export const MASK = '***';

// A byte order mark is a part of the body too.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
function bytesOf(data: Buffer, redact: (text: string) => string): CassetteBytes {
  const marked = (bytes: CassetteBytes, masked: boolean): CassetteBytes =>
    masked ? { ...bytes, masked: true } : bytes;
  try {
    const text = decoder.decode(data);
    const kept = redact(text);
    return marked({ text: kept }, kept !== text);
  } catch {
    // A character is cut at the edge of the piece, or it is sound; a secret may be in it all the same.
    const text = data.toString('latin1');
    const kept = redact(text);
    return marked({ base64: Buffer.from(kept, 'latin1').toString('base64') }, kept !== text);
  }
}

const redactedHeaders = (
  headers: Readonly<Record<string, string>>,
  redact: (text: string) => string,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      credentialHeader.test(name) ? MASK : redact(value),
    ]),
  );

/** Signatures and keys are in queries too: of these only the model stays. */
export function redactedPath(path: string): string {
  const [plain = '/', query] = path.split('?');
  const model = new URLSearchParams(query ?? '').get('model');
  return model === null ? plain : `${plain}?model=${encodeURIComponent(model)}`;
}

/** The bytes of a take's piece. */
export const recordedBytes = (bytes: CassetteBytes): Buffer =>
  'text' in bytes ? Buffer.from(bytes.text) : Buffer.from(bytes.base64, 'base64');

/** Passwords in the body of a sign-in, by the key that names them. */
const secretInJson = /("(?:password|secret|token|api_?key|appid|app_id)"\s*:\s*")[^"]*(")/gi;

/** What every piece of text goes through on its way into a cassette. */
export const cassetteRedactor =
  (redact: (text: string) => string) =>
  (text: string): string =>
    redact(text).replace(secretInJson, `$1${MASK}$2`);

/** Records one exchange; `done` gets it when it has ended, unless it was too long to keep. */
export function recordHttp(redact: (text: string) => string, done: (take: HttpTake) => void): HttpTraffic {
  let startedAtMs = 0;
  let request: HttpTake['request'] | undefined;
  let answer: { atMs: number; status: number; headers: Record<string, string> } | undefined;
  const body: (Recorded & CassetteBytes)[] = [];
  let heldBytes = 0;
  const at = (hostAtMs: number): number => Math.round((hostAtMs - startedAtMs) * 1000) / 1000;
  return {
    asked({ method, path, headers, body: asked, hostAtMs }) {
      startedAtMs = hostAtMs;
      heldBytes += asked.length;
      request = {
        method,
        path: redactedPath(path),
        headers: redactedHeaders(headers, redact),
        body: bytesOf(asked, redact),
      };
    },
    answered(status, headers, hostAtMs) {
      answer = { atMs: at(hostAtMs), status, headers: redactedHeaders(headers, redact) };
    },
    body(bytes, hostAtMs) {
      heldBytes += bytes.length;
      if (heldBytes <= MOST_TAKE_BYTES) body.push({ atMs: at(hostAtMs), ...bytesOf(bytes, redact) });
    },
    ended(how, hostAtMs) {
      if (request === undefined || heldBytes > MOST_TAKE_BYTES) return;
      done({
        kind: 'http',
        request,
        ...(answer === undefined ? {} : { answer: { ...answer, body } }),
        end: { atMs: at(hostAtMs), how },
      });
    },
  };
}

/** Records one WebSocket; as `recordHttp`. */
export function recordSocket(
  redact: (text: string) => string,
  path: string,
  startedAtMs: number,
  done: (take: SocketTake) => void,
): SocketTraffic {
  const messages: SocketTake['messages'][number][] = [];
  let heldBytes = 0;
  let over = false;
  const at = (hostAtMs: number): number => Math.round((hostAtMs - startedAtMs) * 1000) / 1000;
  const end = (how: SocketTake['end']): void => {
    if (over || heldBytes > MOST_TAKE_BYTES) return;
    over = true;
    done({ kind: 'socket', path: redactedPath(path), messages, end: how });
  };
  return {
    opened: () => undefined,
    message(from, data, isBinary, hostAtMs) {
      heldBytes += data.length;
      if (heldBytes > MOST_TAKE_BYTES) return;
      messages.push({
        atMs: at(hostAtMs),
        from,
        ...(isBinary ? { binary: true as const } : {}),
        ...bytesOf(data, redact),
      });
    },
    closed: (by, code, reason, hostAtMs) => end({ atMs: at(hostAtMs), how: 'closed', by, code, reason }),
    refused: (status, body, hostAtMs) =>
      end({ atMs: at(hostAtMs), how: 'refused', status, body: bytesOf(body, redact) }),
  };
}
