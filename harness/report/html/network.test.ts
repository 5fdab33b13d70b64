import { join } from 'node:path';
import { isSoundTurn, type ReplyQuality, type SoundTurn } from '../../measurement';
import type { DirectionFacts } from '../../ports';
import { readRun, type FinishedRun } from '../../run';
import { renderMarkdown } from '../markdown/render-markdown';
import { renderHtml } from './render-html';

const sample = readRun(join(__dirname, '../../../fixtures/runs/sample'));
const spoken = sample.turns.filter(isSoundTurn);

const clean: DirectionFacts = {
  ...{ sent: 200, lost: 0, cut: 0, overflowed: 0, delayed: 200, reordered: 0, duplicated: 0 },
  ...{ delayMs: { mean: 30.04, max: 48.2 }, audioSent: 180, audioLost: 0, bursts: [] },
};

const none = { count: 0, totalMs: 0 };
const quality: ReplyQuality = {
  ...{
    activeLevelDbFs: -24,
    clippedSamples: 0,
    dropouts: { count: 1, totalMs: 41 },
    repeats: none,
    skips: none,
  },
  ...{ leadingCutMs: 0, trailingCutMs: 0, siSdrDb: 12, bandEdgeHz: 7500, pitchRatio: 1 },
};

/** The first turn as it would be had its reply lost packets, of which one run was concealed and one left a gap. */
function lossyTurn(): SoundTurn {
  const turn = spoken.find(({ measurement: { reply } }) => reply.state === 'found');
  const reply = turn?.measurement.reply;
  const onset = turn?.measurement.marks.find(({ name }) => name === 'replyOnset');
  if (turn === undefined || reply?.state !== 'found' || onset === undefined)
    throw new Error('the sample has no reply');
  const at = onset.atRigSample ?? 0;
  const burst = (afterMs: number, audioPackets: number) => ({
    fromHostAtMs: onset.hostAtMs + afterMs - 90,
    toHostAtMs: onset.hostAtMs + afterMs - 90 + 20 * (audioPackets - 1),
    datagrams: audioPackets,
    audioPackets,
  });
  const bursts = [burst(200, 3), burst(500, 1), burst(900, 2)];
  return {
    record: { ...turn.record, network: { up: clean, down: { ...clean, lost: 6, audioLost: 6, bursts } } },
    measurement: {
      ...turn.measurement,
      reply: {
        ...reply,
        quality: {
          ...quality,
          concealed: { count: 1, totalMs: 70 },
          movedMs: 41.3,
          stretches: [
            { kind: 'concealed', atRigSample: at + 9600, lengthMs: 70 },
            { kind: 'gap', atRigSample: at + 43_200, lengthMs: 41 },
          ],
        },
      },
    },
  };
}

const changed = lossyTurn();
const run: FinishedRun = {
  ...sample,
  turns: sample.turns.map((turn) => (turn.record.turnId === changed.record.turnId ? changed : turn)),
};
const page = renderHtml(run).replace(/\s+/g, ' ');
const strips = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`<rect class="mark-strip ${kind}".*?</rect>`, 'g'))].map(([all]) => all);

it('marks what the link lost where it was lost, and what is heard of it where it is heard', () => {
  expect(strips('lost').map((strip) => /<title>(.*?)</.exec(strip)?.[1])).toEqual([
    '3 packets lost',
    '1 packet lost',
    '2 packets lost',
  ]);
  expect(strips('concealed').join('')).toContain('concealed, 70 ms');
  expect(strips('gap').join('')).toContain('gap, 41 ms');
  const left = (strip = ''): number => Number(/x="([\d.]+)"/.exec(strip)?.[1]);
  expect(left(strips('lost')[0])).toBeLessThan(left(strips('concealed')[0]));
  expect(left(strips('concealed')[0])).toBeLessThan(left(strips('gap')[0]));
});

it('says how much was lost, how long it took and what came of it', () => {
  expect(page).toContain('none of 180');
  expect(page).toContain('6 of 180 (3.3 %), longest run 3');
  expect(page).toContain('30.0 ms, at most 48.2');
  expect(page).toContain('1, 70 ms');
  expect(page).toContain('41 ms later');
  expect(renderMarkdown(run)).toMatch(
    /1 turns with lost packets[\s\S]*6 of 180 \(3\.3 %\), longest run 3 \| 1, 70 ms/,
  );
});

it('says nothing of a network where none was counted', () => {
  const before = renderHtml(sample);
  expect(before).not.toContain('<h4>Network</h4>');
  expect(before).not.toContain('class="mark-strip');
  expect(renderMarkdown(sample)).not.toContain('lost packets');
});
