import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../ports';
import type { HttpLimits } from './http-limits';

export type BodyRefusal = 'too-large' | 'too-slow' | 'busy';

/** All request bodies that a mock is reading: what they hold together is bounded as well. */
export class BodyReader {
  private heldBytes = 0;

  constructor(
    private readonly clock: Clock,
    private readonly limits: HttpLimits,
  ) {}

  /**
   * Reads a body to its last byte.
   * @param read - Told once: the body, or why it is not read any further; never when the client goes before that.
   */
  read(request: IncomingMessage, read: (body: Buffer | BodyRefusal) => void): void {
    const { bodyBytes, bodyMs, bodiesBytes } = this.limits;
    const chunks: Buffer[] = [];
    let size = 0;
    let over = false;
    const end = (): void => {
      over = true;
      cancel();
      this.heldBytes -= size;
    };
    const settle = (result: Buffer | BodyRefusal): void => {
      if (over) return;
      end();
      read(result);
    };
    const cancel = this.clock.after(bodyMs, () => settle('too-slow'));
    request.on('error', () => undefined);
    request.once('close', () => {
      if (!over) end();
    });
    if (Number(request.headers['content-length'] ?? 0) > bodyBytes) {
      settle('too-large');
      return;
    }
    request.on('data', (chunk: Buffer) => {
      if (over) return;
      size += chunk.length;
      this.heldBytes += chunk.length;
      chunks.push(chunk);
      if (size > bodyBytes) settle('too-large');
      else if (this.heldBytes > bodiesBytes) settle('busy');
    });
    request.once('end', () => settle(Buffer.concat(chunks)));
  }
}
