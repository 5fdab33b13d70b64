// How scripts are called: options, help and refusals, the same for all of them.
import { parseArgs } from 'node:util';

/** An option with a value: what it is when nobody names it. */
export const withValue = (fallback) => ({
  type: 'string',
  ...(fallback === undefined ? {} : { default: String(fallback) }),
});
/** One that may be named again and again. */
export const withValues = () => ({ type: 'string', multiple: true, default: [] });
/** One that is there or not. */
export const flag = () => ({ type: 'boolean', default: false });

/**
 * What a script was called with. Prints its help and exits with 0 where that is asked for.
 * @param help - What `--help` prints, and what follows each refusal.
 * @param options - As `parseArgs` of Node takes them, without `help`.
 * @returns `values` by name; `refuse(message)`, which says what is wrong and exits with 2, as this does for options that it does not know;
 * `wholeNumber(name)`, the value as a number from 1, or a refusal.
 */
export function readOptions(help, options) {
  const refuse = (message) => {
    process.stderr.write(`${message}\n\n${help}`);
    return process.exit(2);
  };
  const { help: isAsked, ...values } = parsed({ ...options, help: { ...flag(), short: 'h' } }, refuse);
  if (isAsked) {
    process.stdout.write(help);
    process.exit(0);
  }
  const wholeNumber = (name) => {
    if (/^[1-9]\d*$/.test(values[name])) return Number(values[name]);
    return refuse(`--${name}: a whole number from 1 is wanted, not "${values[name]}".`);
  };
  return { values, refuse, wholeNumber };
}

function parsed(options, refuse) {
  try {
    return parseArgs({ options }).values;
  } catch (fault) {
    return refuse(fault.message);
  }
}
