/** What is wrong with the arguments. */
export class UsageError extends Error {}

/** A check that refuses `--bench a --bench b`, which yargs makes a list of, and `--bench ''`. */
export const givenOnce =
  (names: readonly string[]) =>
  (values: Readonly<Record<string, unknown>>): true => {
    for (const name of names) {
      if (Array.isArray(values[name])) throw new UsageError(`--${name} is given more than once.`);
      if (values[name] === '') throw new UsageError(`--${name} needs a value.`);
    }
    return true;
  };

/** A check that refuses a number that is none of the whole ones from `least` to `most`; absent ones pass. */
export const wholeNumber =
  (name: string, least: number, most: number) =>
  (values: Readonly<Record<string, unknown>>): true => {
    const value = values[name];
    if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) {
      return true;
    }
    throw new UsageError(`--${name} takes a whole number from ${least} to ${most}.`);
  };

/** A check that refuses a number outside `least` to `most`; absent ones pass. */
export const numberWithin =
  (name: string, least: number, most: number) =>
  (values: Readonly<Record<string, unknown>>): true => {
    const value = values[name];
    if (value === undefined || (Number(value) >= least && Number(value) <= most)) return true;
    throw new UsageError(`--${name} takes a number from ${least} to ${most}.`);
  };
