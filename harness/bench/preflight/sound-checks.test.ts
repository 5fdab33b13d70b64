/** Every seeded fault of a rig is named on the line that a person looks at for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioRig, CardIdentity } from '../../ports';
import { storeCalibration, type RigCalibration } from '../../rig';
import { HEALTHY_PATHS, WiredRig, type WiredRigOptions } from '../../rig/calibration/__fixtures__/wired-rig';
import { benchWith, fakeContext, virtualBoard } from './__fixtures__/fake-context';
import { calibration } from './calibration';
import type { CheckResult } from './check';
import { rigLines } from './rig-lines';
import { channels, continuity, judgeLines, levels, loopback, noise, sampleRate } from './sound-checks';
import { rig as rigCheck } from './rig';

const [speaker, wire] = HEALTHY_PATHS as [(typeof HEALTHY_PATHS)[0], (typeof HEALTHY_PATHS)[0]];
const soundChecks = [loopback, channels, sampleRate, levels, noise, continuity];

async function examined(options: WiredRigOptions): Promise<Record<string, CheckResult>> {
  const rig = new WiredRig(options);
  const lines = rigLines(rig, 0, new AbortController().signal);
  const context = fakeContext({
    parts: { rig: () => Promise.resolve(rig as AudioRig) },
    context: { sound: () => lines },
  });
  return Object.fromEntries(
    await Promise.all(soundChecks.map(async (one) => [one.id, await one.run(context)] as const)),
  );
}

it('finds nothing wrong with a rig that is well', async () => {
  const told = await examined({});
  expect(Object.values(told).map(({ state }) => state)).toEqual(Array<string>(6).fill('ok'));
  expect(told['loopback']?.seen).toMatch(/^wired, gain -6\.0 dB/);
});

it.each<[string, string, RegExp, WiredRigOptions]>([
  [
    'a muted output',
    'loopback',
    /^muted: nothing of what was played came back/,
    { paths: [undefined, undefined] },
  ],
  [
    'no loopback',
    'loopback',
    /^no loopback: the loopback channel does not have/,
    { paths: [speaker, undefined] },
  ],
  ['swapped channels', 'channels', /^swapped channels: /, { paths: [wire, speaker] }],
  [
    '44.1 kHz set as 48 kHz',
    'sample-rate',
    /^wrong rate: .+44100 Hz where 48000 Hz is set/,
    { hostRateHz: 44_100 },
  ],
  [
    'an input that clips',
    'levels',
    /^clipped: sound is cut off/,
    { paths: [speaker, { ...wire, gainDb: 14 }] },
  ],
  ['a faint loopback', 'loopback', /^too quiet: /, { paths: [speaker, { ...wire, gainDb: -28 }] }],
  ['a noisy input', 'noise', /^noisy: loopback: -45/, { noiseDbFs: [-60, -45] }],
  [
    'dropped periods',
    'continuity',
    /^dropped periods: /,
    {
      lost: [
        { atRigSample: 48_000, samples: 960 },
        { atRigSample: 55_000, samples: 960 },
      ],
    },
  ],
])('names %s on the line %s', async (_, id, seen, options) => {
  const told = await examined(options);
  expect(told[id]).toMatchObject({
    state: expect.stringMatching(/^(fail|warn)$/) as string,
    seen: expect.stringMatching(seen) as string,
    origin: 'bench',
    remedy: expect.stringMatching(/^[A-Z].+\.$/) as string,
  });
});

it('says that nothing can be told where a fault decides everything behind it', () => {
  expect(judgeLines([])).toMatchObject({ state: 'skipped' });
});

it('leaves a virtual rig’s clock alone, which waits for a busy machine', async () => {
  const told = await examined({ topology: 'virtual', hostRateHz: 44_100 });
  expect(told['sample-rate']).toMatchObject({ state: 'skipped' });
});

describe('the card', () => {
  const umc: CardIdentity = { kind: 'alsa', name: 'UMC202HD', stableId: 'usb:1397:0507' };
  const withCard = (card: CardIdentity): AudioRig =>
    Object.assign(new WiredRig(), { card, name: 'korvo-1 rig' });
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-calibration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const examine = (
    card: CardIdentity,
    measured?: { readonly daysAgo: number; readonly card: CardIdentity },
  ) => {
    const path = join(folder, 'korvo.json');
    const context = fakeContext({
      config: benchWith(),
      board: { ...virtualBoard, name: 'korvo-1', rig: { ...virtualBoard.rig!, calibrationPath: path } },
      parts: { rig: () => Promise.resolve(withCard(card)) },
    });
    if (measured !== undefined)
      storeCalibration(path, {
        schema: 'earshot/rig-calibration@1',
        earshotVersion: '0.1.0',
        measuredAt: new Date(context.machine.unixNowMs() - measured.daysAgo * 86_400_000).toISOString(),
        rig: 'korvo-1 rig',
        card: measured.card,
        rateHz: 48_000,
        roles: ['speaker', 'loopback'],
        topology: 'loopback',
        levelDbFs: -20,
        channels: [],
        steps: [],
        lines: [],
        status: 'ok',
      } satisfies RigCalibration);
    return calibration.run(context);
  };

  it('is told by its name and by what stays the same of it', async () => {
    const parts = { rig: () => Promise.resolve(withCard(umc)) };
    expect(await rigCheck.run(fakeContext({ parts }))).toMatchObject({
      state: 'ok',
      seen: 'UMC202HD (usb:1397:0507): loopback, 48000 Hz, speaker and loopback',
    });
  });

  it('was never calibrated, or was lately', async () => {
    expect(await examine(umc)).toMatchObject({ state: 'warn', seen: 'korvo-1 rig was never calibrated' });
    expect(await examine(umc, { daysAgo: 3, card: umc })).toMatchObject({
      state: 'ok',
      seen: 'UMC202HD, 3 days ago',
    });
  });

  it('is old where it was calibrated long ago', async () => {
    expect(await examine(umc, { daysAgo: 90, card: umc })).toMatchObject({
      state: 'warn',
      seen: expect.stringContaining('90 days old') as string,
    });
  });

  it('is the wrong one where another was calibrated', async () => {
    const other = { ...umc, name: 'Scarlett', stableId: 'usb:1235:8211' };
    await expect(examine(umc, { daysAgo: 1, card: other })).rejects.toMatchObject({
      code: 'HIL_RIG_OTHER_CARD',
      message: expect.stringMatching(/UMC202HD .+ was made with Scarlett/) as string,
    });
  });
});
