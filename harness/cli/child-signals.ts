import { endingSignals } from './run-signals';

/**
 * Ctrl-C reaches every process of a terminal. A child leaves it to its parent, which ends the children in order, and ends by
 * itself only when the parent is gone.
 */
export function leaveSignalsToParent(): void {
  for (const signal of endingSignals) process.on(signal, () => undefined);
}

/**
 * Resolves when this process is asked to end: by SIGTERM, by its parent going away, and by Ctrl-C unless it is a child, whose
 * parent decides what Ctrl-C ends in which order.
 */
export function askedToEnd({ child }: { readonly child: boolean }): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('disconnect', () => resolve());
    for (const signal of ['SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (!child) resolve();
      });
  });
}
