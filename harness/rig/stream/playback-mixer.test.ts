import { PlaybackMixer } from './playback-mixer';

const ones = (length: number) => new Float32Array(length).fill(1);

describe('PlaybackMixer', () => {
  it('starts a clip at the next block boundary and ends it where it ends', () => {
    const mixer = new PlaybackMixer(4, 2);
    mixer.next();
    expect(mixer.start(ones(6), 0.5)).toEqual({ startedAtRigSample: 4, lengthSamples: 6 });
    expect([...mixer.next()]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect([...mixer.next()]).toEqual([0.5, 0.5, 0, 0]);
    expect([...mixer.next()]).toEqual([0, 0, 0, 0]);
  });

  it('adds clips up and limits them to full scale', () => {
    const mixer = new PlaybackMixer(2, 2);
    mixer.start(ones(4), 0.25);
    mixer.start(ones(2), 0.5);
    mixer.start(ones(1), 10);
    expect([...mixer.next()]).toEqual([1, 0.75]);
    expect([...mixer.next()]).toEqual([0.25, 0.25]);
  });

  it('fades out within its fade when muted, across blocks, and drops the rest', () => {
    const mixer = new PlaybackMixer(4, 6);
    mixer.start(ones(100), 1);
    mixer.next();
    mixer.mute();
    const faded = [...mixer.next(), ...mixer.next(), ...mixer.next()];
    expect(faded.slice(0, 6)).toEqual([...faded.slice(0, 6)].sort((a, b) => b - a));
    expect(faded[0]).toBe(1);
    expect(faded[3]).toBeCloseTo(0.5, 6);
    expect(faded.slice(6)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('plays a clip that comes after a mute', () => {
    const mixer = new PlaybackMixer(2, 2);
    mixer.mute();
    mixer.start(ones(2), 1);
    expect([...mixer.next()]).toEqual([1, 1]);
  });
});
