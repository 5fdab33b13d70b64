import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { align, concealedStretches, readWav, SearchableSound, timeScaled } from '../../audio';
import { throughRoomPath } from '../../audio/room-path';
import { packageRoot } from '../../config';
import { loadCorpus } from '../../corpus';
import { LossChain } from '../../provider/faults/udp/loss-chain';
import { seededNormal, seededUniform } from '../../units';
import { throughLossyOpus, type LostStretch } from './lossy-opus';
import { OPUS_DELAY_SAMPLES, OPUS_RATE_HZ } from './opus-path';

const RIG_HZ = 48_000;
const AT_SAMPLE = 12_000;
/** A packet this far below the loudest is a pause, or so near to one that nothing is missed. */
const AUDIBLE_DB = 20;

interface Conditions {
  readonly loss: { readonly rate: number; readonly burst?: number };
  readonly rt60Ms?: number;
  readonly snrDb?: number;
  readonly ppm?: number;
}

/** A stretch of a reply, in ms of its own time. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An exponential tail 6 dB below the direct sound. */
function inRoom(samples: Float32Array, rt60Ms: number, seed: number): Float32Array {
  if (rt60Ms === 0) return samples;
  const normal = seededNormal(seededUniform(seed));
  const tail = Float64Array.from({ length: (rt60Ms * RIG_HZ) / 1000 }, (_, n) =>
    n < 96 ? 0 : normal() * 10 ** ((-3 * n * 1000) / (rt60Ms * RIG_HZ)),
  );
  const energy = tail.reduce((sum, tap) => sum + tap * tap, 0);
  const taps = tail.map((tap) => tap * Math.sqrt(10 ** -0.6 / energy));
  taps[0] = 1;
  return throughRoomPath(samples, { taps, leadSamples: 0 });
}

const clips = [...loadCorpus(join(packageRoot(), 'fixtures')).replies.values()];

/** Loses packets of a reply and looks for them; what was lost in its speech, what was found, and how long it is. */
function tryReply(
  index: number,
  { loss, rt60Ms = 0, snrDb = 40, ppm = 0 }: Conditions,
): { readonly lost: readonly Stretch[]; readonly found: readonly Stretch[]; readonly speechMs: number } {
  const clip = clips[index];
  if (clip === undefined) throw new Error(`no reply ${index}`);
  const { channels, rateHz } = readWav(readFileSync(clip.path));
  const [samples = new Float32Array()] = channels;
  const lengthAt = (hz: number): number => Math.floor((samples.length * hz) / rateHz);
  const step = rateHz / OPUS_RATE_HZ;
  const chain = new LossChain(seededUniform(7 * index + 1));
  const coded = throughLossyOpus(
    timeScaled(samples, { start: 0, step, lengthSamples: lengthAt(OPUS_RATE_HZ) }),
    () => chain.next(loss),
  );
  const playerStep = OPUS_RATE_HZ / RIG_HZ / (1 + ppm * 1e-6);
  const wet = inRoom(
    timeScaled(coded.samples, {
      start: -AT_SAMPLE * playerStep,
      step: playerStep,
      lengthSamples: 2 * AT_SAMPLE + (coded.samples.length * RIG_HZ) / OPUS_RATE_HZ,
    }),
    rt60Ms,
    index,
  );
  const rms = Math.sqrt(wet.reduce((sum, sample) => sum + sample * sample, 0) / wet.length);
  const normal = seededNormal(seededUniform(index));
  const sound = new SearchableSound(
    wet.map((sample) => sample + rms * 10 ** (-snrDb / 20) * normal()),
    RIG_HZ,
  );
  const perClip = RIG_HZ / rateHz;
  const [onset, end] = [
    Math.round(clip.onsetSample * perClip),
    Math.round((clip.offsetSample + 1) * perClip),
  ];
  const reference = timeScaled(samples, { start: 0, step: rateHz / RIG_HZ, lengthSamples: end });
  const alignment = align(sound, reference, { onset, end });
  if (alignment.state !== 'found') throw new Error(`${clip.id} was not found`);
  // Speech alone counts, and the loudest packet of the reply says what that is.
  const power = ({ fromSample, toSample }: LostStretch): number => {
    const part = reference.subarray(Math.max(0, 3 * fromSample), Math.max(0, 3 * toSample));
    return part.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, part.length);
  };
  const packets = Array.from({ length: Math.floor(reference.length / 960) }, (_, k) => k * 320);
  const loudest = Math.max(...packets.map((at) => power({ fromSample: at, toSample: at + 320 })));
  const inMs = ({ fromSample, toSample }: LostStretch): Stretch => ({
    fromMs: (fromSample * 1000) / OPUS_RATE_HZ,
    toMs: (toSample * 1000) / OPUS_RATE_HZ,
  });
  const startMs = ((AT_SAMPLE + (OPUS_DELAY_SAMPLES * RIG_HZ) / OPUS_RATE_HZ) * 1000) / RIG_HZ;
  return {
    lost: coded.lost.filter((stretch) => power(stretch) > loudest * 10 ** (-AUDIBLE_DB / 10)).map(inMs),
    found: concealedStretches(sound, reference, alignment, { from: onset, to: end }).map(
      ({ atSample, lengthMs }) => {
        const fromMs = (atSample * 1000) / RIG_HZ - startMs;
        return { fromMs, toMs: fromMs + lengthMs };
      },
    ),
    speechMs: ((end - onset) * 1000) / RIG_HZ,
  };
}

/** A decoder that has lost packets is itself again within this. */
const RECOVERS_MS = 60;

function tally(conditions: Conditions, replies: readonly number[]) {
  const counts = { single: 0, singleFound: 0, runs: 0, runsFound: 0, strayMs: 0, speechMs: 0 };
  for (const index of replies) {
    const { lost, found, speechMs } = tryReply(index, conditions);
    counts.speechMs += speechMs;
    for (const { fromMs, toMs } of lost) {
      const isFound = found.some((stretch) => stretch.fromMs < toMs && stretch.toMs > fromMs);
      if (toMs - fromMs > 21) {
        counts.runs += 1;
        if (isFound) counts.runsFound += 1;
      } else {
        counts.single += 1;
        if (isFound) counts.singleFound += 1;
      }
    }
    for (const { fromMs, toMs } of found) {
      const belongs = lost.some((of) => of.fromMs - 20 < toMs && of.toMs + RECOVERS_MS > fromMs);
      if (!belongs) counts.strayMs += toMs - fromMs;
    }
  }
  return counts;
}

const all = clips.map((_, index) => index);
/** The slowest of them takes half a second; docs/network-faults.md has the figures of all. */
const some = all.filter((index) => index % 10 === 1);

it('finds nothing where nothing is lost, in rooms, noise and drift', () => {
  expect(tally({ loss: { rate: 0 }, rt60Ms: 400, snrDb: 20, ppm: -80 }, some)).toMatchObject({ strayMs: 0 });
});

it('finds most of the runs that a decoder concealed, and next to nothing elsewhere', () => {
  const counts = tally({ loss: { rate: 0.1, burst: 3 }, rt60Ms: 200, snrDb: 30, ppm: 40 }, some);
  expect(counts.runs).toBeGreaterThan(2);
  expect(counts.runsFound / counts.runs).toBeGreaterThan(0.5);
  expect(counts.strayMs / counts.speechMs).toBeLessThan(0.03);
});
