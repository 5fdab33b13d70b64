import { CaptureRing } from './capture-ring';

function filled(blocks: number): CaptureRing {
  const ring = new CaptureRing(48_000, ['speaker', 'loopback'], 4, 3);
  for (let k = 0; k < blocks; k++) {
    const samples = Float32Array.from([0, 1, 2, 3], (i) => k * 4 + i);
    ring.append([samples, samples.map((value) => -value)], { hostAtMs: 100 + k, lagMs: k === 3 ? 7 : 1 });
  }
  return ring;
}

describe('CaptureRing', () => {
  it('cuts a slice out of several blocks', () => {
    const slice = filled(3).slice(3, 9);
    expect([...slice.channels[0]!]).toEqual([3, 4, 5, 6, 7, 8]);
    expect([...slice.channels[1]!]).toEqual([-3, -4, -5, -6, -7, -8]);
    expect(slice.firstRigSample).toBe(3);
    expect(slice.clockPoints).toEqual([
      { rigSample: 4, hostAtMs: 100 },
      { rigSample: 8, hostAtMs: 101 },
      { rigSample: 12, hostAtMs: 102 },
    ]);
  });

  it('cuts a slice out of the middle of one block', () => {
    expect([...filled(1).slice(1, 3).channels[0]!]).toEqual([1, 2]);
  });

  it('states the largest lag of the slice only', () => {
    expect(filled(5).slice(12, 16).maxLagMs).toBe(7);
    expect(filled(5).slice(16, 20).maxLagMs).toBe(1);
  });

  it('forgets the oldest blocks and says what it holds', () => {
    const ring = filled(5);
    expect(ring.oldest).toBe(8);
    expect([...ring.slice(8, 10).channels[0]!]).toEqual([8, 9]);
    expect(() => ring.slice(7, 10)).toThrow('the rig holds 8 to 20');
    expect(() => ring.slice(8, 21)).toThrow(RangeError);
    expect(() => ring.slice(12, 11)).toThrow(RangeError);
    expect(() => ring.slice(8.5, 11)).toThrow(RangeError);
  });

  it('says which xruns a slice has, for as long as their samples are held', () => {
    const ring = filled(2);
    expect(ring.slice(0, 8)).not.toHaveProperty('xruns');
    ring.watchXruns();
    expect(ring.slice(0, 8)).toMatchObject({ overruns: 0, xruns: [] });
    const overrun = { atRigSample: 4, kind: 'overrun', lostSamples: 9 } as const;
    ring.mark(overrun);
    expect(ring.slice(0, 4).xruns).toEqual([]);
    expect(ring.slice(4, 5)).toMatchObject({ overruns: 1, xruns: [overrun] });
    const four = [0, 1, 2, 3].map(() => Float32Array.of(0, 0, 0, 0));
    for (const samples of four) ring.append([samples, samples], { hostAtMs: 0, lagMs: 0 });
    const underrun = { atRigSample: 24, kind: 'underrun' } as const;
    ring.mark(underrun);
    ring.append([four[0]!, four[0]!], { hostAtMs: 0, lagMs: 0 });
    expect(ring.slice(16, 28).xruns).toEqual([underrun]);
  });
});
