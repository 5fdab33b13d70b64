/** Every seeded fault is named, and a healthy rig has none. */
import { HEALTHY_PATHS, WiredRig, type WiredRigOptions } from './__fixtures__/wired-rig';
import { checkLevels } from './check-levels';
import type { RigFault } from './rig-check';

const [speaker, loopback] = HEALTHY_PATHS as [(typeof HEALTHY_PATHS)[0], (typeof HEALTHY_PATHS)[0]];

const faultsOf = async (options: WiredRigOptions): Promise<readonly RigFault[]> => {
  const { lines } = await checkLevels(new WiredRig(options));
  return lines.flatMap(({ fault }) => fault ?? []);
};

it.each<[string, WiredRigOptions]>([
  ['with a room and a loopback', {}],
  ['at 44.1 kHz', { rateHz: 44_100 }],
  ['whose speaker channel hears nothing', { paths: [undefined, loopback] }],
  ['without a loopback', { roles: ['speaker'], paths: [speaker], topology: 'bleed' }],
  [
    'whose amplifier inverts',
    { paths: [speaker, { ...loopback, gainDb: 0, echoes: [{ delaySamples: 0, gain: -2 }] }] },
  ],
  ['with a noisy room', { noiseDbFs: [-42, -70] }],
  ['with clocks 200 ppm apart', { ratio: 1 + 200e-6 }],
  [
    'that answers late',
    {
      paths: [
        { ...speaker, delaySamples: 40_000 },
        { ...loopback, delaySamples: 39_000 },
      ],
    },
  ],
])('finds nothing wrong with a rig %s', async (_, options) => {
  expect(await faultsOf(options)).toEqual([]);
});

describe('names', () => {
  it.each<[string, RigFault, WiredRigOptions]>([
    ['an output that is muted', 'muted', { paths: [undefined, undefined] }],
    ['inputs that are muted', 'muted', { dead: true }],
    ['a loopback cable that is not plugged in', 'no-loopback', { paths: [speaker, undefined] }],
    [
      'a loopback input that hears the other channel leak',
      'no-loopback',
      { paths: [speaker, { ...loopback, gainDb: -62 }] },
    ],
    ['cables that are swapped', 'swapped-channels', { paths: [loopback, speaker] }],
    ['a loopback cable in the speaker input', 'swapped-channels', { paths: [loopback, undefined] }],
    ['a mono input that is copied', 'same-channels', { paths: [loopback, loopback] }],
    ['a card at 44.1 kHz set as 48 kHz', 'wrong-rate', { hostRateHz: 44_100 }],
    ['an input that is turned up too far', 'clipped', { paths: [speaker, { ...loopback, gainDb: 14 }] }],
    ['an output that limits', 'clipped', { outputLimit: 0.2 }],
    ['a loopback that is hardly there', 'too-quiet', { paths: [speaker, { ...loopback, gainDb: -28 }] }],
    ['a noisy loopback', 'noisy', { noiseDbFs: [-60, -45] }],
    ['mains hum', 'hum', { humDbFs: -42 }],
  ])('%s', async (_, fault, options) => {
    const faults = await faultsOf(options);
    expect(new Set(faults)).toEqual(new Set([fault]));
  });
});

it.each([
  [44_100 / 48_000, 'the capture runs at 44100 Hz where 48000 Hz is set (ratio 0.91875)'],
  [48_000 / 44_100, 'the playback runs at 44100 Hz where 48000 Hz is set (ratio 1.08844)'],
  [16_000 / 48_000, 'the capture runs at 16000 Hz where 48000 Hz is set (ratio 0.33333)'],
])('says which side is at which rate: ratio %f', async (ratio, text) => {
  const { lines, status } = await checkLevels(new WiredRig({ ratio }));
  expect(lines.filter(({ fault }) => fault !== undefined)).toEqual([
    expect.objectContaining({ check: 'rate', status: 'fail', fault: 'wrong-rate', text }),
  ]);
  expect(status).toBe('fail');
});

it('names periods that are lost, put in or silenced while it plays', async () => {
  // The burst is handed to the output 200 + 500 ms and one block after the rig was opened, and comes 1 234 samples later.
  const burstAt = 34_080 + 1_234;
  const at = burstAt + 9_600;
  for (const options of [
    { lost: [{ atRigSample: at, samples: 480 }] },
    { lost: [{ atRigSample: at, samples: -480 }] },
    { silenced: [{ fromRigSample: at, toRigSample: at + 480 }] },
  ]) {
    expect(new Set(await faultsOf(options))).toEqual(new Set(['dropped-periods']));
  }
});

it('tells what to do about what it found', async () => {
  const { lines } = await checkLevels(new WiredRig({ paths: [speaker, undefined] }));
  expect(lines.find(({ fault }) => fault === 'no-loopback')).toMatchObject({
    check: 'loopback',
    status: 'fail',
    remedy: expect.stringMatching(/^Plug the loopback cable/),
  });
});

it('plays nothing louder than asked for', async () => {
  const rig = new WiredRig();
  await checkLevels(rig, { levelDbFs: -40 });
  const rmsDbFs = rig.played.map(
    ({ samples }) => 10 * Math.log10(samples.reduce((sum, value) => sum + value * value, 0) / samples.length),
  );
  expect(Math.max(...rmsDbFs)).toBeCloseTo(-40, 1);
  expect(
    Math.max(
      ...rig.played.flatMap(({ samples }) =>
        samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      ),
    ),
  ).toBeLessThan(0.056);
});

it('is silent at once when it is aborted, and rejects with the reason', async () => {
  const rig = new WiredRig();
  const stop = new AbortController();
  const capture = rig.capture.bind(rig);
  let captures = 0;
  rig.capture = (from, to) => {
    captures += 1;
    if (captures < 2) return capture(from, to);
    // The rig that plays for long: nothing comes any more.
    queueMicrotask(() => stop.abort(new Error('stopped by a person')));
    return new Promise(() => undefined);
  };
  await expect(checkLevels(rig, { signal: stop.signal })).rejects.toThrow('stopped by a person');
  expect(rig.muted).toBe(1);
});
