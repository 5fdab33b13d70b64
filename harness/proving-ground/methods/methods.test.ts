import { join } from 'node:path';
import { loadCorpus } from '../../corpus';
import { conditions } from '../accuracy/conditions';
import { castOf, turnCase } from '../accuracy/turn-case';
import { energyThreshold } from './energy-threshold';
import { hasFfmpeg, silencedetect } from './silencedetect';

const cast = castOf(loadCorpus(join(__dirname, '../../../fixtures')), 'reported');
const rateHz = 48_000;

/** A tone on each channel between two times, over noise of -90 dBFS. */
function tones(prompt: readonly [number, number], reply: readonly [number, number] | undefined) {
  const { turn } = turnCase(conditions[0]!, 0, cast);
  const channel = (span: readonly [number, number] | undefined): Float32Array =>
    Float32Array.from({ length: 3 * rateHz }, (_, n) => {
      const atMs = (n * 1000) / rateHz;
      const hiss = 3e-5 * Math.sin(n * n);
      return span !== undefined && atMs >= span[0] && atMs < span[1] ? 0.2 * Math.sin(0.1 * n) : hiss;
    });
  return {
    record: turn.record,
    sound: { ...turn.sound, capture: { channels: [channel(reply), channel(prompt)], rateHz } },
  };
}

describe('energyThreshold', () => {
  it('finds the end of one tone and the beginning of another to within a frame', () => {
    const estimate = energyThreshold(tones([400, 1000], [1723, 2500]));
    expect(estimate).toEqual({ valueMs: 720 });
  });

  it('has no number without a reply', () => {
    expect(energyThreshold(tones([400, 1000], undefined))).toEqual({ reason: 'no reply' });
  });
});

const withFfmpeg = hasFfmpeg() ? describe : describe.skip;

withFfmpeg('silencedetect', () => {
  it('reads the ends of silence that ffmpeg prints', () => {
    const estimate = silencedetect(tones([400, 1000], [1723, 2500]));
    expect('valueMs' in estimate && Math.abs(estimate.valueMs - 723)).toBeLessThan(2);
  });

  it('takes the end of the capture for no onset', () => {
    expect(silencedetect(tones([400, 1000], undefined))).toEqual({ reason: 'no reply' });
  });
});
