import { duration, formatDuration, parseDuration } from './duration';

describe('parseDuration', () => {
  it.each([
    ['200ms', 200],
    ['0.9ms', 0.9],
    ['1.5s', 1500],
    ['1.1s', 1100],
    ['2min', 120_000],
    ['1h', 3_600_000],
    ['8 s', 8000],
    ['-1s', -1000],
    ['0ms', 0],
  ])('reads %s as %d ms', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each([
    '',
    '200',
    '200 msec',
    'ms',
    '1,5s',
    '1.s',
    '.5s',
    '1e3ms',
    ' 1s',
    '1s ',
    '1  s',
    '2m',
    '1S',
    '1toString',
  ])('does not read "%s"', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([0, 0.9, 200, 999, 1000, 1500, 120_000, 90_000, 3_600_000])(
    'reads back how %d ms is written',
    (durationMs) => {
      expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
    },
  );
});

describe('duration', () => {
  const sentenceOf = (value: unknown): string | undefined =>
    duration({ atLeastMs: 20, atMostMs: 60_000 }).safeParse(value).error?.issues[0]?.message;

  it.each([
    [400, 'a unit is missing: write 400ms'],
    ['400', 'a unit is missing: write 400ms'],
    ['soon', 'write a duration such as 200ms, 1.5s or 2min'],
    [true, 'write a duration such as 200ms, 1.5s or 2min'],
    ['19ms', 'expected 20ms to 1min'],
    ['2min', 'expected 20ms to 1min'],
    ['-1s', 'expected 20ms to 1min'],
  ])('refuses %j: %s', (value, message) => {
    expect(sentenceOf(value)).toBe(message);
  });

  it('takes both bounds', () => {
    expect([sentenceOf('20ms'), sentenceOf('60s')]).toEqual([undefined, undefined]);
  });
});
