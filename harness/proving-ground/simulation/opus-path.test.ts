import { join } from 'node:path';
import { loadCorpus, readSpeechClip } from '../../corpus';
import { OPUS_DELAY_MS, OPUS_RATE_HZ, throughOpus } from './opus-path';
import { atRate } from './spoken';

const corpus = loadCorpus(join(__dirname, '../../../fixtures'));

/** Three times the coder's rate: a parabola through three of its own samples would be off by 0.01 ms. */
const FINE_RATE_HZ = 48_000;

/** By how many milliseconds `b` comes after `a`: plain correlation at each lag of 5 to 8 ms, and a parabola through the best. */
function delayMsOf(a: Float32Array, b: Float32Array): number {
  const [early, late] = [a, b].map((samples) => atRate({ samples, rateHz: OPUS_RATE_HZ }, FINE_RATE_HZ));
  const at = (lag: number): number => {
    let sum = 0;
    for (let n = 0; n < early!.length; n++) sum += early![n]! * (late![n + lag] ?? 0);
    return sum;
  };
  const first = 240;
  const heights = Array.from({ length: 144 }, (_, lag) => at(first + lag));
  const best = heights.indexOf(Math.max(...heights));
  const [before, top, after] = [heights[best - 1]!, heights[best]!, heights[best + 1]!];
  const lag = first + best + (before - after) / (2 * (before - 2 * top + after));
  return (lag * 1000) / FINE_RATE_HZ;
}

describe('throughOpus', () => {
  it.each(['en-joke-a', 'zh-weather-a', 'en-light-is-on-a'])(
    'delays speech by the 6.5 ms that are counted in the truth: %s',
    (id) => {
      const speech = atRate(readSpeechClip(corpus.replies.get(id)!), OPUS_RATE_HZ);
      const delayMs = delayMsOf(speech, throughOpus(speech));
      // Plain correlation goes by the loudest, low frequencies, whose phase the coder's high-pass turns a little.
      expect(Math.abs(delayMs - OPUS_DELAY_MS)).toBeLessThan(0.015);
    },
  );

  it('codes whole packets of 20 ms and loses no sample of the speech', () => {
    const coded = throughOpus(new Float32Array(1000));
    expect(coded).toHaveLength(4 * 320);
    expect(Math.max(...coded.map(Math.abs))).toBeLessThan(1e-3);
  });

  it('gives the same sound for the same sound', () => {
    const speech = atRate(readSpeechClip(corpus.replies.get('zh-time-a')!), OPUS_RATE_HZ);
    expect(throughOpus(speech)).toEqual(throughOpus(speech));
  });
});
