/** A board that fails this often in a row is not going to come up. */
const HOPELESS_AFTER = 2;

/** Tries to bring a board up; once it is hopeless every later try repeats the first error at once. */
export class Attempts {
  private failures: unknown[] = [];

  async make<T>(attempt: () => Promise<T>): Promise<T> {
    if (this.failures.length >= HOPELESS_AFTER) throw this.failures[0];
    try {
      const result = await attempt();
      this.failures = [];
      return result;
    } catch (cause) {
      this.failures.push(cause);
      throw cause;
    }
  }
}
