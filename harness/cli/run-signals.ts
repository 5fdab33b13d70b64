import type { Cancel } from '../ports';

/** What an interruption tells: to end in order, and to whoever has waited for that, to end at once. */
const NOTICE = 'Interrupted: closing the bench and keeping what was recorded (once more to stop at once).';

/** A terminal and systemd give a signal to every process of a group; npx, which is one, passes it on besides. */
const ONE_SIGNAL_MS = 200;

/** Ctrl-C, being asked to end, and a terminal that goes away, such as that of a connection which is lost. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Hears each wish that this process should end, which does not end by itself then.
 * @returns Ends that.
 */
export function onEndingSignal(listener: () => void): Cancel {
  const heard = eachSignalOnce(listener);
  for (const signal of endingSignals) process.on(signal, heard);
  return () => {
    for (const signal of endingSignals) process.off(signal, heard);
  };
}

/**
 * Takes signals that come almost at once for one.
 * @param heed - Called for each that is one of its own.
 * @param nowMs - On any clock.
 */
export function eachSignalOnce(heed: () => void, nowMs: () => number = () => performance.now()): () => void {
  let heededAtMs = -Infinity;
  return () => {
    const atMs = nowMs();
    if (atMs - heededAtMs < ONE_SIGNAL_MS) return;
    heededAtMs = atMs;
    heed();
  };
}

/**
 * Tells of Ctrl-C, and of being asked to end, from now on.
 * @param interrupt - Called each time.
 * @param say - Takes what a person is told the first time.
 */
export function onInterrupt(interrupt: () => void, say: (text: string) => void): void {
  let count = 0;
  onEndingSignal(() => {
    count += 1;
    if (count === 1) say(NOTICE);
    interrupt();
  });
}
