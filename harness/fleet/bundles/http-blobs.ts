import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import { isHilError } from '../../errors';
import type { Blob, Blobs } from './blobs';

/** A request before somebody signs it. */
export interface PlainRequest {
  readonly method: 'GET' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the content that goes with it. */
  readonly sha256: string;
}

/** How a kind of store is asked. */
export interface HttpDialect {
  readonly where: string;
  uriOf(name: string): string;
  urlOf(name: string): URL;
  /** @returns Headers with whatever proves who asks. */
  sign(request: PlainRequest): Promise<Readonly<Record<string, string>>>;
}

/** Worth another attempt: the store is busy, or the connection broke. */
class Passing extends Error {}

const ATTEMPTS = 4;
/** Doubled each time, with jitter: together about two seconds. */
const FIRST_WAIT_MS = 250;
/** So much of an answer is repeated in a message. */
const SAID_CHARACTERS = 200;

const NONE = 404;
const BUSY = [408, 425, 429];
const isPassing = (status: number): boolean => status >= 500 || BUSY.includes(status);

/** Files that a server keeps by PUT and gives by GET. */
export class HttpBlobs implements Blobs {
  private readonly policy;

  /** @param firstWaitMs - Before the second of four attempts. */
  constructor(
    private readonly dialect: HttpDialect,
    firstWaitMs = FIRST_WAIT_MS,
  ) {
    this.policy = retry(handleType(Passing), {
      maxAttempts: ATTEMPTS - 1,
      backoff: new ExponentialBackoff({ initialDelay: firstWaitMs }),
    });
  }

  get where(): string {
    return this.dialect.where;
  }

  uriOf(name: string): string {
    return this.dialect.uriOf(name);
  }

  async put({ name, path, sha256, sizeBytes }: Blob): Promise<void> {
    const url = this.dialect.urlOf(name);
    // S3 takes no body whose length it is not told first.
    const headers = { 'content-length': String(sizeBytes), 'content-type': 'application/gzip' };
    await this.policy.execute(async () => {
      const body = createReadStream(path);
      try {
        const response = await this.ask({ method: 'PUT', url, headers, sha256 }, Readable.toWeb(body));
        await this.check(response, 'keep it');
        await response.body?.cancel();
      } finally {
        body.destroy();
      }
    });
  }

  get(name: string, take: (content: Readable) => Promise<void>): Promise<boolean> {
    const url = this.dialect.urlOf(name);
    return this.policy.execute(async () => {
      const response = await this.ask({ method: 'GET', url, headers: {}, sha256: EMPTY });
      if (response.status === NONE) {
        await response.body?.cancel();
        return false;
      }
      await this.check(response, 'give it');
      const { body } = response;
      try {
        await take(body === null ? Readable.from([]) : Readable.fromWeb(body));
      } catch (cause) {
        // What the taker finds wrong stays wrong.
        if (isHilError(cause)) throw cause;
        throw new Passing(`the connection broke off: ${(cause as Error).message}`, { cause });
      }
      return true;
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async ask(request: PlainRequest, body?: ReadableStream): Promise<Response> {
    const headers = await this.dialect.sign(request);
    try {
      return await fetch(request.url, {
        method: request.method,
        headers,
        ...(body === undefined ? {} : { body: body as RequestInit['body'], duplex: 'half' }),
      } as RequestInit);
    } catch (cause) {
      // fetch itself says "fetch failed"; why stands in its cause.
      const { message } = ((cause as Error).cause ?? cause) as Error;
      throw new Passing(`${request.url.host} was not reached: ${message}`, { cause });
    }
  }

  private async check(response: Response, what: string): Promise<void> {
    if (response.ok) return;
    const said = (await response.text().catch(() => '')).replace(/\s+/g, ' ').slice(0, SAID_CHARACTERS);
    const message = `it answered ${response.status} ${response.statusText} when asked to ${what}: ${said}`;
    throw isPassing(response.status) ? new Passing(message) : new Error(message);
  }
}

/** SHA-256 of no bytes. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
