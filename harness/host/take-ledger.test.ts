import { TakeLedger } from './take-ledger';

const limits = { retakes: 2, badTakes: 0.25 };
const add = (ledger: TakeLedger, good: number, bad: number): void => {
  for (let n = 0; n < good; n += 1) ledger.add([]);
  for (let n = 0; n < bad; n += 1) ledger.add(n % 2 === 0 ? ['xrun'] : ['xrun', 'no-loopback']);
};

describe('TakeLedger', () => {
  it('bears as many retakes of a turn as the bench says', () => {
    const ledger = new TakeLedger(limits);
    add(ledger, 1, 1);
    expect([1, 2, 3].map((takes) => ledger.bears(takes))).toEqual([true, true, false]);
    expect(new TakeLedger({ ...limits, retakes: 0 }).bears(1)).toBe(false);
  });

  it('has the rig shown by the latest take, and by no spoilt one', () => {
    const ledger = new TakeLedger(limits);
    const shown = [ledger.isRigShown];
    for (const [good, bad] of [
      [1, 0],
      [0, 1],
      [1, 0],
    ] as const) {
      add(ledger, good, bad);
      shown.push(ledger.isRigShown);
    }
    expect(shown).toEqual([true, true, false, true]);
  });

  it('blames a hiccup on nobody, and a rig that goes on spoiling takes on the bench', () => {
    const ledger = new TakeLedger(limits);
    add(ledger, 0, 7);
    expect(() => ledger.assertHopeful()).not.toThrow();
    add(ledger, 0, 1);
    expect(ledger.bears(1)).toBe(false);
    expect(() => ledger.assertHopeful()).toThrow(
      expect.objectContaining({
        code: 'HIL_RIG_TAKES',
        origin: 'bench',
        message: 'The rig spoilt 8 of 8 takes (xrun 8, no-loopback 3): 100 %, and the bench bears 25 %.',
        facts: expect.objectContaining({ reasons: { xrun: 8, 'no-loopback': 3 } }) as object,
      }) as Error,
    );
  });

  it('judges by the share: 25 of 100 takes are borne, 26 are not', () => {
    const ledger = new TakeLedger(limits);
    add(ledger, 74, 24);
    ledger.add(['lag']);
    add(ledger, 1, 0);
    expect(() => ledger.assertHopeful()).not.toThrow();
    ledger.add(['lag']);
    expect(() => ledger.assertHopeful()).toThrow(/26 of 101 takes/);
  });
});
