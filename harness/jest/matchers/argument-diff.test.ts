import { argumentDiff } from './argument-diff';

describe('argumentDiff', () => {
  const colour = { LightState: true, LightColor: { red: 0, green: 0, blue: 255 } };

  it.each<[string, unknown, unknown, readonly string[]]>([
    ['nothing for equal arguments', colour, structuredClone(colour), []],
    [
      'a deep key, and no other',
      { ...colour, LightColor: { red: 0, green: 0, blue: 250 } },
      colour,
      ['LightColor.blue is 250, expected 255'],
    ],
    [
      'what is missing and what is too much',
      { open: true },
      { volume: 40 },
      ['volume is missing, expected 40', 'open is true, not expected'],
    ],
    ['another type', { volume: '40' }, { volume: 40 }, ['volume is "40", expected 40']],
    ['arrays whole', { keys: [1, 2] }, { keys: [2, 1] }, ['keys is [1,2], expected [2,1]']],
    ['null for what it is', { open: null }, { open: true }, ['open is null, expected true']],
    ['no JSON at all', undefined, { open: true }, ['the arguments are nothing, expected {"open":true}']],
  ])('tells %s', (_, actual, expected, diff) => {
    expect(argumentDiff(actual, expected)).toEqual(diff);
  });
});
