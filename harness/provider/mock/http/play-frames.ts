import type { ServerResponse } from 'node:http';
import type { Cancel, Clock } from '../../../ports';

/** A piece of a body. */
export type Frame =
  | {
      /** A function is called when the piece is due. */
      readonly bytes: string | Buffer | (() => string);
      /** After the piece before it was due, or the body's start. Default 0. */
      readonly afterMs?: number;
      /** Told when the piece was handed to the socket; never when the client has gone. */
      readonly sent?: (hostAtMs: number) => void;
    }
  /** In place of all that would follow: the connection is cut. */
  | { readonly cut: true; readonly afterMs?: number };

export type FrameEnd = 'complete' | 'cut' | 'client-gone' | 'client-does-not-read' | 'failed';

interface FrameRules {
  readonly clock: Clock;
  readonly unreadMs: number;
  /** Told once. */
  readonly ended: (how: FrameEnd, cause?: unknown) => void;
}

/**
 * Writes a body piece by piece, each when it is due, and ends the response. Due times count on from one another, so that
 * the lateness of timers does not add up; they start anew where the client was slower. A client that goes away or does not
 * read ends it; no piece is made before its turn.
 */
export function playFrames(response: ServerResponse, frames: Iterable<Frame>, rules: FrameRules): void {
  const { clock, unreadMs } = rules;
  const pieces = frames[Symbol.iterator]() as Iterator<Frame, unknown>;
  let waiting: Cancel | undefined;
  let dueAtMs = clock.nowMs();
  let unsent = 0;
  let cutting = false;
  let over = false;

  const end = (how: FrameEnd, cause?: unknown): void => {
    if (over) return;
    over = true;
    waiting?.();
    response.off('close', gone);
    rules.ended(how, cause);
  };
  const gone = (): void => end('client-gone');
  const cutOff = (how: FrameEnd, cause?: unknown): void => {
    response.destroy();
    end(how, cause);
  };

  const write = (frame: Exclude<Frame, { cut: true }>): boolean => {
    const bytes = typeof frame.bytes === 'function' ? frame.bytes() : frame.bytes;
    unsent++;
    return response.write(bytes, (error) => {
      unsent--;
      if (error || over) return;
      frame.sent?.(clock.nowMs());
      if (cutting && unsent === 0) cutOff('cut');
    });
  };
  const whenDrained = (next: () => void): void => {
    const drained = (): void => {
      waiting?.();
      dueAtMs = Math.max(dueAtMs, clock.nowMs());
      next();
    };
    waiting = clock.after(unreadMs, () => {
      response.off('drain', drained);
      cutOff('client-does-not-read');
    });
    response.once('drain', drained);
  };
  const finish = (): void => {
    waiting = clock.after(unreadMs, () => cutOff('client-does-not-read'));
    // The last callbacks of pieces come before this one.
    response.end(() => end('complete'));
  };
  const step = (): void => {
    try {
      while (!over) {
        const next = pieces.next();
        if (next.done === true) {
          finish();
          return;
        }
        const frame = next.value;
        dueAtMs += frame.afterMs ?? 0;
        const waitMs = dueAtMs - clock.nowMs();
        if (waitMs > 0) {
          waiting = clock.after(waitMs, () => perform(frame));
          return;
        }
        if (!performNow(frame)) return;
      }
    } catch (cause) {
      cutOff('failed', cause);
    }
  };
  /** False when the next piece has to wait. */
  const performNow = (frame: Frame): boolean => {
    if ('cut' in frame) {
      // What was written before the cut still reaches the client.
      cutting = true;
      if (unsent === 0) cutOff('cut');
      return false;
    }
    if (write(frame)) return true;
    whenDrained(step);
    return false;
  };
  const perform = (frame: Frame): void => {
    waiting = undefined;
    if (over) return;
    try {
      if (performNow(frame)) step();
    } catch (cause) {
      cutOff('failed', cause);
    }
  };

  response.once('close', gone);
  step();
}
