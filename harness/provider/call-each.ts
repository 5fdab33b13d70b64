/** Throws outside of whoever told the news, so that it surfaces as what it is: an error that its listener did not catch. */
function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Calls every listener, also after one that threw; `failed` gets what they threw. */
export function callEach<T>(
  listeners: Iterable<(value: T) => void>,
  value: T,
  failed: (error: unknown) => void = rethrow,
): void {
  for (const listener of [...listeners]) {
    try {
      listener(value);
    } catch (error) {
      failed(error);
    }
  }
}
