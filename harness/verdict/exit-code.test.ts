import { exitCodeOf, type RunConditions } from './exit-code';

const order = [
  ['config', 2],
  ['interrupted', 130],
  ['boardFailed', 1],
  ['benchFault', 3],
  ['providerFault', 4],
  ['inconclusive', 5],
] as const satisfies readonly (readonly [keyof RunConditions, number])[];

/** All 64 combinations, each with the code of the first condition that holds. */
const combinations = Array.from({ length: 2 ** order.length }, (_, bits) => {
  const held = order.filter((_entry, index) => ((bits >> index) & 1) === 1);
  return { held: held.map(([name]) => name), exitCode: held[0]?.[1] ?? 0 };
});

it.each(combinations)('answers $exitCode when $held hold', ({ held, exitCode }) => {
  const conditions = Object.fromEntries(order.map(([name]) => [name, held.some((one) => one === name)]));
  expect(exitCodeOf(conditions as unknown as RunConditions)).toBe(exitCode);
});
