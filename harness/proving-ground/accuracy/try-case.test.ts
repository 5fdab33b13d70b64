import { join } from 'node:path';
import { loadVoiceActivityDetector } from '../../audio';
import { loadCorpus } from '../../corpus';
import { conditions, type Condition } from './conditions';
import { tryCase } from './try-case';
import { castOf, turnCase } from './turn-case';

const tuning = castOf(loadCorpus(join(__dirname, '../../../fixtures')), 'tuning');
const named = (name: string): Condition => conditions.find((one) => one.name === name)!;

async function known(condition: string, index: number) {
  const turn = turnCase(named(condition), index, tuning);
  const vad = await loadVoiceActivityDetector();
  const { estimates, truthMs, onsetPlayed } = await tryCase(turn, { ffmpeg: false, vad });
  return { estimate: estimates.known!, truthMs, onsetPlayed };
}

describe('tryCase, of speech with underruns', () => {
  it.each([
    ['stall', 24, 'a faint head of 28 ms ahead of an underrun'],
    ['stall', 26, 'a head ahead of two underruns'],
    ['stall', 53, 'three underruns that leave most of the reply later'],
    ['stall', 11, 'a voice of even pitch, some of it displaced'],
    ['loss', 10, 'a head of 29 ms, what follows it lost'],
    ['loss', 76, 'two gaps that overlap'],
  ])('is right to 0.05 ms: %s %i, %s', async (condition, index) => {
    const { estimate, truthMs, onsetPlayed } = await known(condition, index);
    expect(onsetPlayed).toBe(true);
    expect('valueMs' in estimate && Math.abs(estimate.valueMs - truthMs)).toBeLessThan(0.05);
  });

  it.each([
    ['loss', 2, 'an underrun took the first sound'],
    ['loss', 107, 'two underruns took it'],
  ])('has no number: %s %i, %s', async (condition, index) => {
    const { estimate, onsetPlayed } = await known(condition, index);
    expect(onsetPlayed).toBe(false);
    expect(estimate).toEqual({ reason: 'no-onset' });
  });
});
