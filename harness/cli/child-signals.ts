/**
 * Ctrl-C reaches every process of a terminal. A child leaves it to its parent, which ends the children in order, and ends by
 * itself only when the parent is gone.
 */
export function leaveSignalsToParent(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
}

/** Resolves at the first signal that asks this process to end, or when its parent is gone. */
export const askedToEnd = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    process.once('disconnect', () => resolve());
  });
