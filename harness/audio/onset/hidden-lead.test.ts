import { hiddenLead } from './hidden-lead';

const seen = { overNoiseDb: 25, noiseSwingDb: 1, riseMs: 10, faintMs: 0 };

describe('hiddenLead', () => {
  it('expects nothing to be hidden where noise is low, and is sure to a frame or so', () => {
    const { leadMs, uncertaintyMs } = hiddenLead(seen);
    expect(leadMs).toBe(0.5);
    expect(uncertaintyMs).toBeGreaterThan(2);
    expect(uncertaintyMs).toBeLessThan(3.5);
    expect(hiddenLead({ ...seen, overNoiseDb: 60 }).uncertaintyMs).toBe(uncertaintyMs);
  });

  it('is never surer the louder the noise is', () => {
    const stated = [30, 20, 18, 17, 16, 15, 14, 12, 10, 5, 0].map(
      (overNoiseDb) => hiddenLead({ ...seen, overNoiseDb }).uncertaintyMs,
    );
    expect(stated).toEqual([...stated].sort((a, b) => a - b));
    expect(stated.at(-1)).toBeCloseTo(42, 0);
  });

  it('is less sure in noise that swings, and surer of what rises slowly out of loud noise', () => {
    const babble = { ...seen, overNoiseDb: 18 };
    expect(hiddenLead({ ...babble, noiseSwingDb: 4.5 }).uncertaintyMs).toBeGreaterThan(
      2 * hiddenLead(babble).uncertaintyMs,
    );
    const loud = { ...seen, overNoiseDb: 10 };
    expect(hiddenLead({ ...loud, riseMs: 80 }).uncertaintyMs).toBeLessThan(hiddenLead(loud).uncertaintyMs);
    expect(hiddenLead({ ...seen, riseMs: 80 })).toEqual(hiddenLead(seen));
  });

  it('counts what longer stretches show, and knows its beginning less well', () => {
    const faint = hiddenLead({ ...seen, faintMs: 30 });
    expect(faint.leadMs).toBe(30.5);
    expect(faint.uncertaintyMs).toBeCloseTo(8, 0);
  });
});
