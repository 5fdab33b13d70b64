/** A whole calibration, on a rig of arithmetic and on the virtual one, against what is true of them. */
import type { AudioRig } from '../../ports';
import { InstantClock } from '../virtual/__fixtures__/instant-clock';
import { LinkPeer } from '../virtual/__fixtures__/link-peer';
import { quietWorld } from '../virtual/__fixtures__/quiet-world';
import { openVirtualRig } from '../virtual/open-virtual-rig';
import { HEALTHY_PATHS, WiredRig, type WiredRigOptions } from './__fixtures__/wired-rig';
import { calibrateRig, type OpenedRig } from './calibrate-rig';
import type { RigMeasurement } from './rig-calibration';

const [speaker, loopback] = HEALTHY_PATHS as [(typeof HEALTHY_PATHS)[0], (typeof HEALTHY_PATHS)[0]];

const opened = (rig: AudioRig): OpenedRig => ({ rig, close: () => rig.close() });

async function calibrated(
  openings: readonly WiredRigOptions[],
): Promise<RigMeasurement & { readonly rigs: readonly WiredRig[] }> {
  const rigs: WiredRig[] = [];
  const open = (): Promise<OpenedRig> => {
    const rig = new WiredRig(openings[rigs.length]);
    rigs.push(rig);
    return Promise.resolve(opened(rig));
  };
  const { measurement } = await calibrateRig({ open, restarts: openings.length - 1, longProbeMs: 800 });
  return { ...measurement, rigs };
}

const rmsDbFsOf = ({ samples }: { readonly samples: Float32Array }): number =>
  10 * Math.log10(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

const faultsOf = ({ lines }: RigMeasurement) => new Set(lines.flatMap(({ fault }) => fault ?? []));

it('measures a healthy rig and finds nothing wrong', async () => {
  const delays = [1_234.25, 1_474.25, 994.25];
  const found = await calibrated(
    delays.map((delaySamples) => ({ paths: [speaker, { ...loopback, delaySamples }] })),
  );
  expect(found.lines.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(found.status).toBe('ok');
  const { roundTrip, headroom, clock, channels } = found;
  expect(roundTrip!.samples).toBeCloseTo(1_234.25, 1);
  expect(roundTrip!.ms).toBeCloseTo(25.714, 2);
  expect(roundTrip!.withinStreamSamples).toBeLessThan(0.1);
  expect(roundTrip!.betweenStreamsSamples).toBeCloseTo(480, 0);
  expect(roundTrip!.streams.map(({ samples }) => samples)).toEqual(
    delays.map((delay) => expect.closeTo(delay, 1) as number),
  );
  // The width of 480 samples of a uniform distribution: 2.89 ms.
  expect(roundTrip!.uncertaintyMs).toBeCloseTo(480 / 48 / Math.sqrt(12), 1);
  expect(found.measuredOn).toBe('loopback');
  expect(channels[1]!.playback!.gainDb).toBeCloseTo(-6, 1);
  expect(channels[0]!.playback!.delayMs).toBeCloseTo(1_300.4 / 48, 1);
  expect(channels[1]!.quiet.rmsDbFs).toBeCloseTo(-90, 0);
  expect(channels[0]!.quiet.rmsDbFs).toBeCloseTo(-60, 0);
  expect(headroom!.fullAtPeakDbFs).toBeCloseTo(6, 1);
  expect(headroom!.clipsAtPeakDbFs).toBeUndefined();
  expect(found.gainSpreadDb).toBeLessThan(0.1);
  // Of a probe of 0.8 s; of one of 8 s it is 0.03 ppm.
  expect(Math.abs(clock!.driftPpm)).toBeLessThan(2);
  expect(found.hostRate!.rateHz).toBeCloseTo(48_000, -1);
  expect(found.rigs.map(({ closed }) => closed)).toEqual([true, true, true]);
  // As loud as a prompt, and no louder.
  expect(Math.max(...found.rigs.flatMap(({ played }) => played.map(rmsDbFsOf)))).toBeCloseTo(-20, 1);
});

it('tells two clocks from one, and takes their drift out of the repeatability', async () => {
  const found = await calibrated([{ ratio: 1 + 200e-6 }]);
  expect(faultsOf(found)).toEqual(new Set(['two-clocks']));
  expect(Math.abs(found.clock!.driftPpm - 200)).toBeLessThan(2);
  expect(found.roundTrip!.withinStreamSamples).toBeLessThan(1);
});

it('says from which level on sound is cut off', async () => {
  const found = await calibrated([{ paths: [speaker, { ...loopback, gainDb: 14 }] }]);
  expect(faultsOf(found)).toEqual(new Set(['clipped']));
  const { clipsAtPeakDbFs, wholeUpToPeakDbFs, fullAtPeakDbFs } = found.headroom!;
  expect(fullAtPeakDbFs).toBeCloseTo(-14, 0);
  // Probes go down by 6 dB; a peak that is over by 1 dB is a sample or two, of which nothing is seen.
  expect(clipsAtPeakDbFs).toBeGreaterThan(-14);
  expect(wholeUpToPeakDbFs).toBeLessThan(-13);
  expect(clipsAtPeakDbFs! - wholeUpToPeakDbFs!).toBeCloseTo(6, 5);
});

it.each<[string, string, WiredRigOptions]>([
  ['gain that follows the level', 'not-linear', { agc: 0.3 }],
  ['a way that is not equally long each time', 'unsteady', { jitterSamples: [0, 3, 0, 0, 7] }],
  ['periods lost in the long probe', 'dropped-periods', { lost: [{ atRigSample: 415_000, samples: 480 }] }],
  [
    'periods lost again and again',
    'dropped-periods',
    { lost: [400_000, 412_000, 424_000].map((atRigSample) => ({ atRigSample, samples: 480 })) },
  ],
  ['an output that is muted', 'muted', { paths: [] }],
])('names %s: %s', async (_, fault, options) => {
  const found = await calibrated([options]);
  expect(faultsOf(found)).toEqual(new Set([fault]));
  expect(found.status).not.toBe('ok');
});

it('measures a round trip on the one channel that a rig has', async () => {
  const found = await calibrated([{ roles: ['speaker'], paths: [loopback], topology: 'timestamps' }]);
  expect(found.measuredOn).toBe('speaker');
  expect(Math.abs(found.roundTrip!.samples - 1_234.25)).toBeLessThan(0.2);
});

it('closes the rig when it is aborted', async () => {
  const stop = new AbortController();
  const rig = new WiredRig();
  const doings: string[] = [];
  const calibrating = calibrateRig({
    open: () => Promise.resolve(opened(rig)),
    restarts: 0,
    signal: stop.signal,
    onProgress: (doing, share) => {
      doings.push(doing);
      expect(share).toBeLessThan(1);
      if (doings.length === 3) stop.abort(new Error('Ctrl-C'));
    },
  });
  await expect(calibrating).rejects.toThrow('Ctrl-C');
  expect(rig.closed).toBe(true);
  expect(doings).toHaveLength(3);
});

it('measures the virtual rig as it was made', async () => {
  const peer = await LinkPeer.open();
  const clock = new InstantClock();
  const open = async (): Promise<OpenedRig> =>
    opened(
      await openVirtualRig({ ...quietWorld, name: 'rig-1', audioLink: peer.address, clock, driftPpm: 40 }),
    );
  try {
    const { measurement } = await calibrateRig({ open, restarts: 0, longProbeMs: 600 });
    expect(measurement.lines.filter(({ status }) => status !== 'ok')).toEqual([]);
    // No converter and no buffer: a sample is in the capture of the tick in which it is played.
    expect(measurement.roundTrip!.samples).toBeCloseTo(0, 1);
    expect(measurement.channels[1]!.playback!.gainDb).toBeCloseTo(-3, 1);
    expect(measurement.channels[1]!.quiet.rmsDbFs).toBeCloseTo(-96, 0);
    expect(measurement.channels[0]!.playback!.gainDb).toBeCloseTo(-30, 0);
    expect(measurement.channels[0]!.playback!.delayMs).toBeCloseTo(5, 2);
    expect(Math.abs(measurement.clock!.driftPpm)).toBeLessThan(3);
    expect(measurement.hostRate!.rateHz).toBeCloseTo(48_000 * (1 + 40e-6), 1);
  } finally {
    await peer.close();
  }
});
