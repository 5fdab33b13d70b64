import type { TakeQuality } from '../measurement';
import type { FinishedRun } from '../run';
import { takeInWords, takeNotes } from './take-words';

const good: TakeQuality = {
  spoiltBy: [],
  loopbackFound: true,
  promptSnrDb: 71.4,
  replySnrDb: 38.6,
  clipping: [
    { clippedSamples: 0, runs: 0 },
    { clippedSamples: 0, runs: 0 },
  ],
  xruns: 0,
};
const record = { capture: { roles: ['speaker', 'loopback'], maxLagMs: 1.26 } } as unknown as Parameters<
  typeof takeInWords
>[1];

describe('takeInWords', () => {
  it.each<[string, TakeQuality, string]>([
    [
      'a good take',
      good,
      'good; prompt 71 dB over the noise; reply 39 dB over the noise; nothing clipped; 0 xruns; lag 1.3 ms',
    ],
    [
      'a reply that the board clipped, which spoils nothing',
      { ...good, clipping: [{ clippedSamples: 52, runs: 9 }, good.clipping[1]!] },
      'good; prompt 71 dB over the noise; reply 39 dB over the noise; speaker clipped in 52 samples; 0 xruns; lag 1.3 ms',
    ],
    [
      'sound that was lost',
      {
        spoiltBy: ['xrun', 'no-loopback'],
        loopbackFound: undefined,
        clipping: [],
        xruns: 1,
        lostSamples: 480,
      },
      'bad: the rig lost sound, the prompt is not on the loopback; nothing clipped; 1 xrun (480 samples lost); lag 1.3 ms',
    ],
  ])('of %s', (_, take, words) => expect(takeInWords(take, record)).toBe(words));
});

describe('takeNotes', () => {
  const turnsOf = (...takes: (TakeQuality | undefined)[]): FinishedRun['turns'] =>
    takes.map((take) => ({
      record: {},
      measurement: { ...(take && { take }) },
    })) as unknown as FinishedRun['turns'];

  it('say how many takes the rig spoilt, and by what', () => {
    const lost: TakeQuality = { ...good, spoiltBy: ['xrun'] };
    expect(takeNotes({ turns: turnsOf(good, lost, { ...lost, spoiltBy: ['lag', 'xrun'] }, good) })).toEqual([
      '2 of 4 takes were spoilt by the rig and are in no number: the rig was late (1), the rig lost sound (2).',
    ]);
    expect(takeNotes({ turns: turnsOf(good, lost) })[0]).toMatch(
      /^1 of 2 takes was spoilt by the rig and is in/,
    );
  });

  it('say nothing of good takes, nor of runs that are older', () => {
    expect(takeNotes({ turns: turnsOf(good, undefined) })).toEqual([]);
  });
});
