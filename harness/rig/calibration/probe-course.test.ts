/** What was done to a probe is found again: places to a fraction of a sample, drift to some ppm, gaps to the sample. */
import { HEALTHY_PATHS, WiredRig, type WiredRigOptions } from './__fixtures__/wired-rig';
import { CapturedChannel, SoughtProbe } from './follow-probe';
import { hearProbe, type HeardProbe } from './heard-probe';
import { noiseProbe } from './probe';

const RATE_HZ = 48_000;
const loopback = HEALTHY_PATHS[1]!;
const probe = new SoughtProbe(noiseProbe({ rateHz: RATE_HZ, durationMs: 1200, levelDbFs: -20, seed: 3 }));

/** The probe as the loopback channel of a rig heard it; it was handed over at sample 480. */
async function heardThrough(options: WiredRigOptions, sought = probe): Promise<HeardProbe | undefined> {
  const rig = new WiredRig(options);
  await rig.play(sought.probe);
  const { channels } = await rig.capture(0, sought.probe.samples.length + 20_000);
  const channel = new CapturedChannel(channels[1]!, RATE_HZ);
  return hearProbe(channel, sought, { playedAtSample: 480, playedGain: 1, noiseRms: 1e-4 });
}

const wired = (path: Partial<typeof loopback>): WiredRigOptions => ({
  paths: [undefined, { ...loopback, ...path }],
});

it.each([0, 0.25, 12_000.5])('places a probe that is %f samples late', async (delaySamples) => {
  const heard = await heardThrough(wired({ delaySamples }));
  expect(heard?.atSample).toBeCloseTo(480 + delaySamples, 1);
  expect(heard?.breaks).toEqual([]);
  expect(heard?.driftPpm).toBeCloseTo(0, 0);
});

it.each([-30, 5])('reads a gain of %f dB', async (gainDb) => {
  expect((await heardThrough(wired({ gainDb })))?.gainDb).toBeCloseTo(gainDb, 1);
});

it.each([200, -200, 3])('reads a drift of %f ppm, and the gain through it', async (ppm) => {
  const heard = await heardThrough({ ratio: 1 + ppm * 1e-6 });
  expect(Math.abs((heard?.driftPpm ?? NaN) - ppm)).toBeLessThan(1.5);
  expect(heard?.gainDb).toBeCloseTo(-6, 0);
  expect(heard?.breaks).toEqual([]);
});

it('follows clocks that are 0.6 % apart, as two cards were found to be', async () => {
  const heard = await heardThrough({ ratio: 1.006 });
  expect(Math.abs((heard?.driftPpm ?? NaN) - 6000)).toBeLessThan(60);
});

it.each([480, 48, -480])('counts %i samples that were lost (negative: put in)', async (samples) => {
  const heard = await heardThrough({ lost: [{ atRigSample: 30_000, samples }], ratio: 1 + 100e-6 });
  expect(heard?.breaks).toHaveLength(1);
  const [{ atProbeSample, lostSamples }] = heard!.breaks as [HeardProbe['breaks'][0]];
  expect(lostSamples).toBeCloseTo(samples, 0);
  expect(Math.abs(atProbeSample - (30_000 - 480 - 1_234))).toBeLessThanOrEqual(2_400 + Math.abs(samples));
  expect(Math.abs(heard!.driftPpm - 100)).toBeLessThan(3);
});

it('finds a stretch that was silenced in place', async () => {
  const heard = await heardThrough({ silenced: [{ fromRigSample: 20_000, toRigSample: 20_480 }] });
  expect(heard?.breaks).toEqual([]);
  expect(heard?.silenced).toHaveLength(1);
  const [{ atProbeSample, lengthMs }] = heard!.silenced as [HeardProbe['silenced'][0]];
  expect(Math.abs(atProbeSample - (20_000 - 480 - 1_234))).toBeLessThanOrEqual(192);
  expect(Math.abs(lengthMs - 10)).toBeLessThanOrEqual(4);
});

it.each([10, 0])('places it in noise of %i dB SNR', async (snrDb) => {
  const heard = await heardThrough({ ...wired({ gainDb: 0 }), noiseDbFs: [-90, -20 - snrDb] });
  expect(Math.abs((heard?.atSample ?? NaN) - (480 + 1_234.25))).toBeLessThan(0.1);
  expect(heard?.breaks).toEqual([]);
  expect(heard?.silenced).toEqual([]);
  expect(Math.abs(heard?.gainDb ?? NaN)).toBeLessThan(0.5);
});

it('takes the direct sound of a room whose reflection is stronger', async () => {
  const echoes = [
    { delaySamples: 331, gain: 1.3 },
    { delaySamples: 702, gain: 0.6 },
  ];
  const heard = await heardThrough(wired({ echoes }));
  expect(Math.abs((heard?.atSample ?? NaN) - (480 + 1_234.25))).toBeLessThan(0.5);
  expect(heard?.explainedDb).toBeLessThan(0);
});

it('hears nothing in silence, in noise and in another probe', async () => {
  const other = new SoughtProbe(noiseProbe({ rateHz: RATE_HZ, durationMs: 1200, levelDbFs: -20, seed: 4 }));
  expect(await heardThrough({ dead: true })).toBeUndefined();
  expect(await heardThrough({ paths: [undefined, undefined], noiseDbFs: [-20, -20] })).toBeUndefined();
  const rig = new WiredRig();
  await rig.play(other.probe);
  const { channels } = await rig.capture(0, 110_000);
  const channel = new CapturedChannel(channels[1]!, RATE_HZ);
  expect(hearProbe(channel, probe, { playedAtSample: 480, playedGain: 1, noiseRms: 0 })).toBeUndefined();
});

it('counts what the input cut off', async () => {
  expect((await heardThrough(wired({ gainDb: 0 })))?.clippedSamples).toBe(0);
  expect((await heardThrough({ ...wired({ gainDb: 0 }), inputLimit: 0.15 }))?.clippedSamples).toBeGreaterThan(
    100,
  );
});
