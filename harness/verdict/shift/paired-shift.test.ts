import { seededNormal, seededUniform } from '../../units';
import { comparePairs, decide } from './decide';
import { judgeShifts } from './judge-shifts';
import { PairedShift } from './paired-shift';
import type { ArmTurn } from './rank-shift';
import { signFlipTail } from './sign-flips';

describe('signFlipTail', () => {
  /** Every one of the 2ⁿ outcomes, one by one. */
  const counted = (scores: readonly number[]): number => {
    const observed = scores.reduce((sum, score) => sum + score, 0);
    const outcomes = Array.from({ length: 2 ** scores.length }, (_, bits) =>
      scores.reduce((sum, score, at) => sum + (bits & (1 << at) ? 1 : -1) * Math.abs(score), 0),
    );
    return outcomes.filter((sum) => sum >= observed - 1e-9).length / outcomes.length;
  };

  it.each([
    [[64, 32, -16, 8, 48, 64, -2, 20]],
    [[-64, -32, 16, -8]],
    [[64, 64, 64, -64, 64, 64]],
    [[1, 2, 4, 8, 16, 32, 64]],
  ])('counts all outcomes of %j', (scores) => expect(signFlipTail(scores)).toBeCloseTo(counted(scores), 12));

  it('finds no outcome rarer than one of all, and nothing rare in no difference', () => {
    expect(signFlipTail([3, 3, 3, 3, 3])).toBe(1 / 32);
    expect(signFlipTail([0, 0])).toBe(1);
    expect(signFlipTail([])).toBe(1);
  });
});

/** Blocks of eight turns of eight prompts, in pairs; a bench that slides 20 ms from each block to the next. */
function play(
  pairs: number,
  shiftMs: number,
  more: { readonly slideMs?: number; readonly seed?: number } = {},
) {
  const { slideMs = 20, seed = 8 } = more;
  const uniform = seededUniform(seed);
  const normal = seededNormal(uniform);
  const arms = { reference: [] as ArmTurn[], candidate: [] as ArmTurn[] };
  for (let block = 0; block < 2 * pairs; block += 2) {
    const flipped = uniform() < 0.5 ? 1 : 0;
    for (const arm of ['reference', 'candidate'] as const) {
      const at = block + ((arm === 'candidate' ? 1 : 0) ^ flipped);
      for (let prompt = 0; prompt < 8; prompt += 1) {
        const ownMs = (500 + 40 * prompt) * Math.exp(0.05 * normal());
        const valueMs = ownMs + slideMs * at + (arm === 'candidate' ? shiftMs : 0);
        arms[arm].push({ valueMs, session: String(at), stratum: `p${prompt}`, pair: String(block) });
      }
    }
  }
  return arms;
}

describe('PairedShift', () => {
  it('finds the shift on a bench that slid ten times as far meanwhile, and none where there is none', () => {
    const { reference, candidate } = play(20, 80);
    const shift = new PairedShift(reference, candidate);
    expect(shift.turns).toEqual({ reference: 160, candidate: 160 });
    expect(shift.sessions).toEqual({ reference: 20, candidate: 20 });
    expect(Math.abs(shift.estimateMs - 80)).toBeLessThan(15);
    const { lowerMs, upperMs } = shift.bounds(0.025);
    expect(lowerMs).toBeGreaterThan(50);
    expect(upperMs).toBeLessThan(110);
    const still = play(20, 0);
    expect(new PairedShift(still.reference, still.candidate).pOver(0)).toBeGreaterThan(0.025);
  });

  it('has bounds where the test turns, and none in fewer pairs than it takes', () => {
    const { reference, candidate } = play(8, 40);
    const shift = new PairedShift(reference, candidate);
    const { lowerMs, upperMs } = shift.bounds(0.05);
    expect(shift.pOver(lowerMs - 0.01)).toBeLessThanOrEqual(0.05);
    expect(shift.pOver(lowerMs + 0.01)).toBeGreaterThan(0.05);
    expect(shift.pUnder(upperMs + 0.01)).toBeLessThanOrEqual(0.05);
    expect(shift.pUnder(upperMs - 0.01)).toBeGreaterThan(0.05);
    const few = play(4, 40);
    expect(new PairedShift(few.reference, few.candidate).bounds(0.05)).toEqual({
      lowerMs: -Infinity,
      upperMs: Infinity,
    });
  });

  it('ranks a missing answer above every number, and leaves out what only one arm has', () => {
    const { reference, candidate } = play(10, 0, { slideMs: 0 });
    const mute = candidate.map((turn) => ({ ...turn, valueMs: Infinity }));
    expect(new PairedShift(reference, mute).estimateMs).toBe(Infinity);
    expect(new PairedShift(mute, reference).estimateMs).toBe(-Infinity);
    const [first] = candidate;
    const lone = [...candidate, { ...first!, pair: 'lone' }, { ...first!, stratum: 'other' }];
    expect(new PairedShift(reference, lone).estimateMs).toBe(
      new PairedShift(reference, candidate).estimateMs,
    );
    expect(new PairedShift(reference, lone).turns).toEqual({ reference: 80, candidate: 80 });
  });
});

describe('comparePairs', () => {
  it('looks with whole pairs at no more turns than a look has, and waits with the rest', () => {
    const { reference, candidate } = play(10, 100);
    const { shift, look, waiting } = comparePairs(reference, candidate);
    expect(look?.turns).toBe(60);
    expect(shift.turns.candidate).toBe(64);
    expect(waiting).toBe(16);
    // A pair whose other block was never played is none.
    const broken = reference.filter(({ pair }) => pair !== '4');
    expect(comparePairs(broken, candidate).shift.turns).toEqual({ reference: 64, candidate: 64 });
    expect(comparePairs(reference.slice(0, 32), candidate)).toMatchObject({ look: undefined });
  });

  it('fails 100 ms and passes nothing at all, whatever the bench does', () => {
    const outcomeOf = (shiftMs: number): string | undefined => {
      const { reference, candidate } = play(20, shiftMs);
      return decide([comparePairs(reference, candidate)], 30)[0];
    };
    expect(outcomeOf(100)).toBe('fail');
    expect(outcomeOf(0)).toBe('pass');
  });

  it('is what a reference with pairs is held against by', () => {
    const { reference, candidate } = play(20, 100);
    const [result] = judgeShifts(
      { title: 'the release', arms: { voiceToVoice: reference }, marginMs: 30, pairOf: () => undefined },
      { voiceToVoice: candidate },
    );
    expect(result).toMatchObject({ outcome: 'fail', pairs: 17, turns: { reference: 136, candidate: 136 } });
    expect(result?.why).toMatch(/n = 136 against 136 in 17 pairs of blocks\), 30 ms matter\.$/);
  });
});
