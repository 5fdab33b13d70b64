import { summarise } from './summary';
import type { TrialResult } from './run-trials';
import type { TrialClass } from './trials';

let count = 0;
const result = (name: TrialClass, utterance?: string, ...accepted: string[]): TrialResult => ({
  id: `t-${count++}`,
  class: name,
  ...(utterance === undefined ? {} : { utterance }),
  accepted,
  isHomophone: false,
});
const noBounds = (): { lower: number; upper: number } => ({ lower: 0, upper: 1 });
const targetsOf = (results: readonly TrialResult[]): Record<string, [number, boolean, boolean]> =>
  Object.fromEntries(
    summarise(results, noBounds).targets.map(({ name, value, ok, isKnownLimit }) => [
      name.replace('prompts recognised, 10 dB SNR, Opus 16 kHz, ', ''),
      [value, ok, isKnownLimit],
    ]),
  );

it('states each reading of "speaking rate" for itself, and judges one', () => {
  const targets = targetsOf([
    result('prompt, played faster or slower', 'a', 'a'),
    result('prompt, tempo changed, pitch kept', 'a'),
    result('prompt, tempo changed, pitch kept', 'a', 'a'),
    result('prompt, spoken faster or slower', 'a'),
    result('noise'),
  ]);

  expect(targets).toMatchObject({
    'played at 95 to 105 %, pitch moving along': [100, true, false],
    '2 to 5 % off in tempo, pitch kept': [50, false, true],
    'spoken anew by its voice, 4 to 5 % off in rate': [0, false, true],
    'false accepts of unseen clips': [0, true, false],
  });
});

it('counts a prompt heard as another as confused, and one heard twice as missed', () => {
  const report = summarise(
    [
      result('prompt, played faster or slower', 'a', 'b'),
      result('prompt, played faster or slower', 'a', 'a', 'a'),
      result('near miss, voice of the corpus', undefined, 'a'),
    ],
    noBounds,
  );

  expect(report.targets.find(({ name }) => name === 'prompts taken for another')?.value).toBe(1);
  expect(report.missed).toHaveLength(2);
  expect(report.taken).toHaveLength(1);
});

it('leaves out replacements that sound the same', () => {
  const same = { ...result('near miss, voice of the corpus', undefined, 'a'), isHomophone: true };
  const report = summarise(
    [result('prompt, played faster or slower', 'a', 'a'), same, result('noise')],
    noBounds,
  );

  expect(report).toMatchObject({ taken: [], homophones: 1 });
});
