import type { WebSocket } from 'ws';
import type { Cancel, Clock } from '../../../ports';
import type { Frame, FrameEnd } from '../http/play-frames';

/**
 * Sends each frame as one message when it is due. Due times count on from one another, so that the lateness of timers does
 * not add up.
 * @param rules.ended - Told once; a cut has destroyed the socket, and everything else left it as it is.
 */
export function playMessages(
  socket: WebSocket,
  frames: Iterable<Frame>,
  rules: {
    readonly clock: Clock;
    readonly binary: boolean;
    readonly ended: (how: FrameEnd) => void;
  },
): Cancel {
  const { clock, binary } = rules;
  const pieces = frames[Symbol.iterator]();
  let dueAtMs = clock.nowMs();
  let waiting: Cancel | undefined;
  let unsent = 0;
  let last: 'none' | 'complete' | 'cut' = 'none';
  let over = false;

  const end = (how: FrameEnd): void => {
    if (over) return;
    over = true;
    waiting?.();
    socket.off('close', gone);
    rules.ended(how);
  };
  const gone = (): void => end('client-gone');
  const endWhenSent = (): void => {
    if (last === 'none' || unsent > 0 || over) return;
    if (last === 'cut') {
      socket.off('close', gone);
      socket.terminate();
    }
    end(last);
  };
  const send = (frame: Exclude<Frame, { cut: true }>): void => {
    unsent++;
    const { bytes } = frame;
    socket.send(typeof bytes === 'function' ? bytes() : bytes, { binary }, (error) => {
      unsent--;
      if (error || over) return;
      frame.sent?.(clock.nowMs());
      endWhenSent();
    });
  };
  const perform = (frame: Frame): void => {
    if ('cut' in frame) last = 'cut';
    else send(frame);
  };
  const step = (): void => {
    while (!over && last === 'none') {
      const next = pieces.next();
      if (next.done === true) {
        last = 'complete';
        break;
      }
      const frame = next.value;
      dueAtMs += frame.afterMs ?? 0;
      const waitMs = dueAtMs - clock.nowMs();
      if (waitMs <= 0) {
        perform(frame);
        continue;
      }
      waiting = clock.after(waitMs, () => {
        perform(frame);
        step();
      });
      return;
    }
    endWhenSent();
  };

  socket.once('close', gone);
  step();
  return () => end('failed');
}
