import { peakAt, quietWorld, rmsDbFs } from './__fixtures__/quiet-world';
import { AcousticWorld } from './acoustic-world';
import type { WorldOptions } from './options';
import { SeededNoise } from './seeded-noise';

const BLOCK = 480;

/** Plays both sources to the end and gives back what the receivers got. */
function play(options: WorldOptions, playback: Float32Array, board: Float32Array) {
  const world = new AcousticWorld(options, BLOCK);
  const mic = new Float32Array(playback.length);
  const speaker = new Float32Array(playback.length);
  const loopback = new Float32Array(playback.length);
  for (let at = 0; at < playback.length; at += BLOCK) {
    const block = playback.subarray(at, at + BLOCK);
    mic.set(world.hear(block), at);
    const heard = world.listen(block, board.subarray(at, at + BLOCK));
    speaker.set(heard.speaker, at);
    loopback.set(heard.loopback, at);
  }
  return { mic, speaker, loopback, world };
}

const silence = new Float32Array(BLOCK * 10);
const clickAt = (sample: number) => {
  const signal = silence.slice();
  signal[sample] = 1;
  return signal;
};

describe('AcousticWorld', () => {
  it('brings a click of the playback everywhere at the counted sample and level', () => {
    const { mic, speaker, loopback, world } = play(quietWorld, clickAt(1_003), silence);
    expect(peakAt(loopback)).toBe(1_003);
    expect(loopback[1_003]).toBeCloseTo(10 ** (-3 / 20), 3);
    expect(peakAt(mic)).toBe(1_003 + 96);
    expect(peakAt(mic)).toBe(1_003 + world.playbackToMicSamples);
    expect(mic[1_099]).toBeCloseTo(10 ** (-6 / 20), 3);
    expect(peakAt(speaker)).toBe(1_003 + 240);
    expect(speaker[1_243]).toBeCloseTo(10 ** (-30 / 20), 3);
  });

  it('brings a click of the board to the speaker channel and, a block later, back to its microphone', () => {
    const { mic, speaker, loopback, world } = play(quietWorld, silence, clickAt(961));
    expect(peakAt(speaker)).toBe(961 + 48);
    expect(peakAt(speaker)).toBe(961 + world.boardToSpeakerChannelSamples);
    expect(peakAt(mic)).toBe(961 + 480);
    expect(mic[1_441]).toBeCloseTo(0.1, 3);
    expect(rmsDbFs(loopback)).toBeCloseTo(-96, 0);
  });

  it('holds an echo path that is too short up for one block', () => {
    const paths = { ...quietWorld.paths, boardToMic: { gainDb: 0, delayMs: 0.3 } };
    expect(peakAt(play({ ...quietWorld, paths }, silence, clickAt(5)).mic)).toBe(5 + 480);
  });

  it('keeps longer echo paths as they are', () => {
    const paths = { ...quietWorld.paths, boardToMic: { gainDb: 0, delayMs: 22 } };
    expect(peakAt(play({ ...quietWorld, paths }, silence, clickAt(5)).mic)).toBe(5 + 1_056);
  });

  it('keeps noise under reference speech by the asked ratio, also while nobody speaks', () => {
    const options = { ...quietWorld, snrDb: 15 };
    const long = new Float32Array(48_000);
    const { mic, speaker } = play(options, long, long);
    expect(Math.abs(rmsDbFs(mic) - (-20 - 6 - 15))).toBeLessThan(0.2);
    expect(Math.abs(rmsDbFs(speaker) - (-20 + 0 - 15))).toBeLessThan(0.2);

    const speech = new Float32Array(48_000);
    new SeededNoise(9).addTo(speech, 0.1);
    expect(Math.abs(rmsDbFs(play(quietWorld, speech, long).mic) - (-20 - 6))).toBeLessThan(0.2);
  });

  it('is the same for the same seed', () => {
    const once = play({ ...quietWorld, snrDb: 10 }, clickAt(1), silence);
    const again = play({ ...quietWorld, snrDb: 10 }, clickAt(1), silence);
    const other = play({ ...quietWorld, snrDb: 10, seed: 2 }, clickAt(1), silence);
    expect(again.mic).toEqual(once.mic);
    expect(again.speaker).toEqual(once.speaker);
    expect(other.mic).not.toEqual(once.mic);
  });
});
