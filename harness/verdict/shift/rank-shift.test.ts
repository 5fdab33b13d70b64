import { seededNormal, seededUniform } from '../../units';
import { RankShift, type ArmTurn } from './rank-shift';

const turn = (stratum: string, valueMs: number, session: string): ArmTurn => ({ stratum, valueMs, session });
const singles = (values: readonly number[]): ArmTurn[] =>
  values.map((valueMs, index) => turn('p', valueMs, String(index)));

describe('RankShift', () => {
  describe('with sessions of one turn', () => {
    const shift = new RankShift(
      singles([520, 540, 505, 560, 560, 530, 601]),
      singles([560, 545, 590, 575, 520]),
    );

    // numpy.median of all 35 differences.
    it('estimates the median difference', () => expect(shift.estimateMs).toBeCloseTo(15, 5));

    // SciPy 1.17.1: brunnermunzel statistics 0.8128917219051074 and, 10 ms on, 0.3849952517545088; t.sf of them at 10 degrees.
    it('is the test of Brunner and Munzel, ties included', () => {
      expect(shift.pOver(0)).toBeCloseTo(0.21760306874390326, 12);
      expect(shift.pUnder(0)).toBeCloseTo(1 - 0.21760306874390326, 12);
      expect(shift.pOver(10)).toBeCloseTo(0.35415128561941633, 12);
    });

    it('has bounds where the test turns', () => {
      const { lowerMs, upperMs } = shift.bounds(0.1);
      expect(shift.pOver(lowerMs - 0.01)).toBeLessThanOrEqual(0.1);
      expect(shift.pOver(lowerMs + 0.01)).toBeGreaterThan(0.1);
      expect(shift.pUnder(upperMs + 0.01)).toBeLessThanOrEqual(0.1);
      expect(shift.pUnder(upperMs - 0.01)).toBeGreaterThan(0.1);
    });
  });

  describe('with prompts, sessions and a missing answer', () => {
    const reference = [
      ...[
        [520, 'a'],
        [540, 'a'],
        [505, 'b'],
        [560, 'c'],
        [560, 'c'],
        [530, 'd'],
      ].map(([ms, of]) => turn('p1', Number(ms), String(of))),
      ...[
        [700, 'a'],
        [690, 'b'],
        [745, 'b'],
        [710, 'c'],
        [655, 'd'],
        [705, 'd'],
      ].map(([ms, of]) => turn('p2', Number(ms), String(of))),
    ];
    const candidate = [
      ...[
        [560, 'x'],
        [545, 'x'],
        [590, 'y'],
        [575, 'z'],
        [520, 'z'],
      ].map(([ms, of]) => turn('p1', Number(ms), String(of))),
      ...[
        [760, 'x'],
        [720, 'y'],
        [700, 'y'],
        [Infinity, 'z'],
      ].map(([ms, of]) => turn('p2', Number(ms), String(of))),
      turn('p3', 1, 'z'),
    ];
    const shift = new RankShift(reference, candidate);

    it('leaves out a prompt that only one of them has', () => {
      expect(shift.turns).toEqual({ reference: 12, candidate: 9 });
      expect(shift.sessions).toEqual({ reference: 4, candidate: 3 });
    });

    // The same sums written out with numpy over every pair, five degrees of freedom.
    it('takes the session as the unit', () => {
      expect(shift.pOver(10)).toBeCloseTo(0.03122055912998421, 12);
      expect(shift.pOver(30)).toBeCloseTo(0.5540436778965327, 12);
      expect(shift.pOver(50)).toBeCloseTo(0.8976580095925715, 12);
    });

    it('claims nothing that is rarer than one ordering of so few sessions', () => {
      // 0.0067 by the distribution; seven sessions can be dealt to two arms of four and three in 35 ways.
      expect(shift.pOver(0)).toBeCloseTo(1 / 35, 12);
      expect(shift.bounds(0.01)).toEqual({ lowerMs: -Infinity, upperMs: Infinity });
    });
  });

  it('takes a missing answer for slower than every number', () => {
    const fast = [500, 510, 520, 530, 540].map((ms, index) => turn('p', ms, `a${index}`));
    const mute = fast.map(({ session }) => turn('p', Infinity, session));
    expect(new RankShift(fast, mute).estimateMs).toBe(Infinity);
    expect(new RankShift(mute, mute).pOver(30)).toBe(0.5);
    expect(new RankShift(mute, fast).estimateMs).toBe(-Infinity);
  });

  it('has nothing to compare without a prompt in common, or with one session', () => {
    expect(new RankShift(singles([1, 2]), [turn('q', 1, 'a'), turn('q', 2, 'b')]).comparable).toBe(false);
    expect(new RankShift(singles([1, 2]), [turn('p', 1, 'a'), turn('p', 2, 'a')]).comparable).toBe(false);
    expect(new RankShift([], []).comparable).toBe(false);
  });

  it('covers the true shift as often as it says, with sessions that differ by 30 ms', () => {
    const normal = seededNormal(seededUniform(20_261_121));
    const arm = (shiftMs: number): ArmTurn[] =>
      Array.from({ length: 10 }, (_, session) => {
        const ofSessionMs = 30 * normal();
        return Array.from({ length: 10 }, (__, prompt) =>
          turn(`p${prompt}`, 500 * Math.exp(0.1 * normal()) + ofSessionMs + shiftMs, String(session)),
        );
      }).flat();
    const trials = 400;
    let above = 0;
    let below = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const { lowerMs, upperMs } = new RankShift(arm(0), arm(40)).bounds(0.05);
      above += lowerMs > 40 ? 1 : 0;
      below += upperMs < 40 ? 1 : 0;
    }
    // 5 % on each side; with 400 trials, more than 32 (8 %) on a side would be rarer than 1 in 200.
    expect(above).toBeLessThanOrEqual(32);
    expect(below).toBeLessThanOrEqual(32);
    expect(above + below).toBeGreaterThanOrEqual(16);
  });
});
