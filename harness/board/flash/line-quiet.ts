import type { Clock } from '../../ports';
import type { SerialTransport } from '../serial';

/** A line on which nothing came for so long has said what it had to; one that never rests is not waited for. */
const QUIET_MS = 100;
const QUIET_WITHIN_MS = 1000;

/** Resolves once nothing comes any more, the end of a boot message for one. */
export function quiet(transport: Pick<SerialTransport, 'onBytes'>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancelQuiet();
      cancelLimit();
      cancelBytes();
      resolve();
    };
    let cancelQuiet = clock.after(QUIET_MS, done);
    const cancelLimit = clock.after(QUIET_WITHIN_MS, done);
    const cancelBytes = transport.onBytes(() => {
      cancelQuiet();
      cancelQuiet = clock.after(QUIET_MS, done);
    });
  });
}
