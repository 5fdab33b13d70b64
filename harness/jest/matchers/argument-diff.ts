import { deepEqual } from './deep-equal';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/**
 * What differs between the arguments of a call and those expected, key by key: `LightColor.blue is 250, expected 255`. Equal
 * keys are left out; arrays are compared whole. Empty when the two are deeply equal.
 */
export function argumentDiff(actual: unknown, expected: unknown, path = ''): readonly string[] {
  if (deepEqual(actual, expected)) return [];
  if (!isFields(actual) || !isFields(expected)) {
    return [
      `${path || 'the arguments'} ${path === '' ? 'are' : 'is'} ${show(actual)}, expected ${show(expected)}`,
    ];
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return keys.flatMap((key) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (!(key in actual)) return [`${at} is missing, expected ${show(expected[key])}`];
    if (!(key in expected)) return [`${at} is ${show(actual[key])}, not expected`];
    return argumentDiff(actual[key], expected[key], at);
  });
}
