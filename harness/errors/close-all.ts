/** Something that is opened once and has to be closed. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Closes in reverse order of opening, every one of them whatever happens.
 * @throws AggregateError naming all that did not close.
 */
export async function closeAll(opened: readonly Closable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const resource of [...opened].reverse()) {
    try {
      await resource.close();
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} resources did not close.`);
}
