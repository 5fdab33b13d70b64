/** Twenty kills at seeded instants: `npm run test:long` has more. */
import { resolve } from 'node:path';
import { killPlan } from './kill-plan';
import { tryKill, type KillTrial } from './try-kill';

const root = resolve(__dirname, '../../..');

it('a run loses no acknowledged turn to 20 kills, in the middle of a write and anywhere', async () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  const trials: KillTrial[] = [];
  // Two at a time: a writer that has the machine to itself is past each instant at once.
  const next = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift())
      trials.push(await tryKill(root, seed));
  };
  await Promise.all([next(), next()]);
  expect(trials).toHaveLength(20);
  expect(trials.filter(({ endedBy }) => endedBy !== 'SIGKILL')).toEqual([]);
  expect(trials.filter(({ lost, unreadable }) => lost.length > 0 || unreadable !== undefined)).toEqual([]);
  // Kills that come before or behind all turns would prove nothing.
  expect(trials.filter(({ acknowledged }) => acknowledged > 0).length).toBeGreaterThan(10);
  const kinds = new Set(trials.map(({ seed }) => killPlan(seed).when.kind));
  expect(kinds.size).toBe(2);
});
