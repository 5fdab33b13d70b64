import type { ProviderProtocol } from '../../ports';
import { MASK, maskPieces, maskText, type FindSecrets, type MaskedPiece } from './secret-spans';
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

/** What a board said aloud in a turn, as the bench heard it: its sound itself is not kept. */
export interface RecordedSpeech {
  /** When its last loud sample had arrived. */
  readonly spokeUntilMs: number;
  /** Absent: nobody listened. */
  readonly heard?: {
    /** Absent: an unknown utterance. */
    readonly promptId?: string;
    readonly utterance?: string;
    readonly language?: string;
  };
}

export interface SocketTake {
  readonly kind: 'socket';
  readonly path: string;
  /** Of OpenAI Realtime: one for each `input_audio_buffer.committed`, in their order. */
  readonly spoken?: readonly RecordedSpeech[];
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
  /^(authorization|cookie|set-cookie|x-auth-token|x-subject-token|x-tc-token|x-apig-appcode|api-key|x-api-key|openai-organization|openai-project)$/;
// A byte order mark is a part of the body too.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
function written({ bytes, masked }: MaskedPiece): CassetteBytes {
  const marked = masked ? { masked } : {};
  try {
    return { text: decoder.decode(bytes), ...marked };
  } catch {
    // A character is cut at the edge of the piece, or it is sound.
    return { base64: bytes.toString('base64'), ...marked };
  }
}

/** Pieces of one stream as a cassette holds them, each without what nobody may read. */
const streamOf = (pieces: readonly Buffer[], find: FindSecrets): readonly CassetteBytes[] =>
  maskPieces(pieces, find).map(written);

const wholeOf = (data: Buffer, find: FindSecrets): CassetteBytes => streamOf([data], find)[0] ?? { text: '' };

const redactedHeaders = (
  headers: Readonly<Record<string, string>>,
  find: FindSecrets,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      credentialHeader.test(name) ? MASK : maskText(value, find),
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

/** Records one exchange; `done` gets it when it has ended, unless it was too long to keep. */
export function recordHttp(find: FindSecrets, done: (take: HttpTake) => void): HttpTraffic {
  let startedAtMs = 0;
  let request: HttpTake['request'] | undefined;
  let answer: { atMs: number; status: number; headers: Record<string, string> } | undefined;
  const pieces: Buffer[] = [];
  const times: number[] = [];
  let heldBytes = 0;
  const at = (hostAtMs: number): number => Math.round((hostAtMs - startedAtMs) * 1000) / 1000;
  return {
    asked({ method, path, headers, body: asked, hostAtMs }) {
      startedAtMs = hostAtMs;
      heldBytes += asked.length;
      request = {
        method,
        path: redactedPath(path),
        headers: redactedHeaders(headers, find),
        body: wholeOf(asked, find),
      };
    },
    answered(status, headers, hostAtMs) {
      answer = { atMs: at(hostAtMs), status, headers: redactedHeaders(headers, find) };
    },
    body(bytes, hostAtMs) {
      heldBytes += bytes.length;
      if (heldBytes > MOST_TAKE_BYTES) return;
      pieces.push(bytes);
      times.push(at(hostAtMs));
    },
    ended(how, hostAtMs) {
      if (request === undefined || heldBytes > MOST_TAKE_BYTES) return;
      const body = streamOf(pieces, find).map((bytes, index) => ({ atMs: times[index] ?? 0, ...bytes }));
      done({
        kind: 'http',
        request,
        ...(answer === undefined ? {} : { answer: { ...answer, body } }),
        end: { atMs: at(hostAtMs), how },
      });
    },
  };
}

interface HeldMessage {
  readonly from: Side;
  readonly atMs: number;
  readonly binary: boolean;
  readonly data: Buffer;
}

/** Both directions as a cassette holds them: a secret may be cut by the edge of a message, never across directions. */
function masked(messages: readonly HeldMessage[], find: FindSecrets): SocketTake['messages'] {
  const of = (side: Side): Iterator<CassetteBytes> =>
    streamOf(
      messages.filter(({ from }) => from === side).map(({ data }) => data),
      find,
    )[Symbol.iterator]();
  const sides = { board: of('board'), provider: of('provider') };
  return messages.map(({ from, atMs, binary }) => ({
    atMs,
    from,
    ...(binary ? { binary: true as const } : {}),
    ...(sides[from].next().value as CassetteBytes),
  }));
}

/** Records one WebSocket; as `recordHttp`. */
export function recordSocket(
  find: FindSecrets,
  path: string,
  startedAtMs: number,
  done: (take: SocketTake) => void,
): SocketTraffic {
  const messages: HeldMessage[] = [];
  let heldBytes = 0;
  let over = false;
  const at = (hostAtMs: number): number => Math.round((hostAtMs - startedAtMs) * 1000) / 1000;
  const end = (how: SocketTake['end']): void => {
    if (over || heldBytes > MOST_TAKE_BYTES) return;
    over = true;
    done({ kind: 'socket', path: redactedPath(path), messages: masked(messages, find), end: how });
  };
  return {
    opened: () => undefined,
    message(from, data, isBinary, hostAtMs) {
      heldBytes += data.length;
      if (heldBytes > MOST_TAKE_BYTES) return;
      messages.push({ from, atMs: at(hostAtMs), binary: isBinary, data });
    },
    closed: (by, code, reason, hostAtMs) => end({ atMs: at(hostAtMs), how: 'closed', by, code, reason }),
    refused: (status, body, hostAtMs) =>
      end({ atMs: at(hostAtMs), how: 'refused', status, body: wholeOf(body, find) }),
  };
}
