/** Rigs as they come: rooms, gains, delays and noise at random. What is wrong is named, and nothing else. */
import { seededNormal, seededUniform } from '../../units';
import { WiredRig, type WiredRigOptions } from './__fixtures__/wired-rig';
import { checkLevels } from './check-levels';
import type { RigFault } from './rig-check';

const uniform = seededUniform(12);
const normal = seededNormal(uniform);
const between = (least: number, most: number): number => least + (most - least) * uniform();
const oneOf = <T>(values: readonly T[]): T => values[Math.floor(uniform() * values.length)]!;

interface RandomRig extends WiredRigOptions {
  readonly rateHz: number;
  readonly noiseDbFs: readonly [number, number];
  readonly bleed: { readonly gainDb: number; readonly delaySamples: number };
  readonly wire: { readonly gainDb: number; readonly delaySamples: number };
}

function randomRig(): RandomRig {
  const rateHz = oneOf([44_100, 48_000, 48_000]);
  const rt60Ms = between(100, 600);
  const delays = Array.from({ length: 60 }, () => between(30, 24 * rt60Ms));
  const taps = delays.map((delay) => normal() * Math.exp((-6.9 * delay) / 48 / rt60Ms));
  const directToReverberantDb = between(-6, 12);
  const scale = 10 ** (-directToReverberantDb / 20) / Math.hypot(...taps);
  const wire = { gainDb: between(-15, 2), delaySamples: between(0, 20_000) };
  const bleed = {
    gainDb: between(-45, -18),
    delaySamples: wire.delaySamples + between(15, 200),
    echoes: delays.map((delaySamples, i) => ({ delaySamples, gain: taps[i]! * scale })),
  };
  const noiseDbFs = [between(-85, -42), between(-95, -65)] as const;
  const seed = Math.floor(1e6 * uniform());
  return { rateHz, paths: [bleed, wire], bleed, wire, noiseDbFs, seed };
}

/** Somewhere in the first burst, which is handed over 0.7 s and a block after the opening. */
const inBurst = ({ rateHz, wire }: RandomRig): number =>
  Math.round(0.7 * rateHz + 480 + wire.delaySamples + between(0.1, 0.9) * 0.4 * rateHz);

const cases: readonly [RigFault | 'nothing', (rig: RandomRig) => WiredRigOptions][] = [
  ['nothing', (rig) => rig],
  ['nothing', (rig) => ({ ...rig, ratio: 1 + between(-200, 200) * 1e-6 })],
  ['nothing', (rig) => ({ ...rig, paths: [undefined, rig.wire] })],
  ['muted', (rig) => ({ ...rig, paths: [] })],
  ['no-loopback', (rig) => ({ ...rig, paths: [rig.bleed, undefined] })],
  ['no-loopback', (rig) => ({ ...rig, paths: [rig.bleed, { ...rig.wire, gainDb: between(-80, -45) }] })],
  [
    'swapped-channels',
    (rig) => ({ ...rig, paths: [rig.wire, rig.bleed], noiseDbFs: [rig.noiseDbFs[1], rig.noiseDbFs[0]] }),
  ],
  ['clipped', (rig) => ({ ...rig, paths: [rig.bleed, { ...rig.wire, gainDb: between(11, 22) }] })],
  ['wrong-rate', (rig) => ({ ...rig, ratio: (rig.rateHz === 48_000 ? 44_100 : 48_000) / rig.rateHz })],
  ['dropped-periods', (rig) => ({ ...rig, lost: [{ atRigSample: inBurst(rig), samples: 480 }] })],
  ['dropped-periods', (rig) => ({ ...rig, lost: [{ atRigSample: inBurst(rig), samples: -1_000 }] })],
];

it.each(cases)('finds %s wrong where it is so', async (wanted, make) => {
  for (let count = 0; count < RIGS_EACH; count++) {
    const options = make(randomRig());
    const { lines } = await checkLevels(new WiredRig(options));
    const faults = new Set(lines.flatMap(({ fault }) => fault ?? []));
    expect([options, faults]).toEqual([options, new Set(wanted === 'nothing' ? [] : [wanted])]);
  }
});

/** 80 of each were tried when the limits were chosen. */
const RIGS_EACH = 1;
