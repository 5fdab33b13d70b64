import type { BenchOrder, BenchReport, BenchRoll, BookedVerdict, VerdictBook } from '.';

/** A roll with a book of verdicts, and the time around them. */
export interface RollUnderContract {
  readonly roll: BenchRoll;
  readonly verdicts: VerdictBook;
  /** Resolves once a bench that was announced ahead of it is not heard of any more. */
  silence(): Promise<void>;
}

const board = { name: 'a', model: 'Korvo-2', dialect: 'openai-demo', state: 'idle', sinceMs: 1 } as const;
const report = (bench: string, given: Partial<BenchReport> = {}): BenchReport => ({
  bench,
  host: 'lab',
  version: '0.1.0',
  boards: [board],
  ...given,
});

/** What every roll of a fleet promises. */
export function benchRollContract(name: string, open: () => Promise<RollUnderContract>): void {
  describe(`Bench roll contract: ${name}`, () => {
    let under: RollUnderContract;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(async () => {
      await under.roll.close();
      await under.verdicts.close();
    });

    it('shows benches by name as they were last heard of, and none that left', async () => {
      const { roll } = under;
      await roll.announce(report('room-2'));
      await roll.announce(report('room-1'));
      const playing = { ...board, state: 'playing', jobId: 'job-1', piece: 'job-1/0', sinceMs: 2 } as const;
      await roll.announce(report('room-2', { boards: [playing] }));
      const [first, second, ...more] = await roll.benches();
      expect(first).toMatchObject(report('room-1'));
      expect(second).toMatchObject(report('room-2', { boards: [playing] }));
      expect(more).toEqual([]);
      expect(second?.seenAtMs).toBeLessThanOrEqual(await roll.nowMs());
      await roll.leave('room-1');
      expect((await roll.benches()).map(({ bench }) => bench)).toEqual(['room-2']);
    });

    it('says that boards are lost whose bench is not heard of, until it is again', async () => {
      const { roll } = under;
      await roll.announce(report('room-1'));
      await under.silence();
      const [silent] = await roll.benches();
      expect(silent?.boards).toMatchObject([{ name: 'a', state: 'lost', sinceMs: silent?.seenAtMs }]);
      await roll.announce(report('room-1'));
      expect(await roll.benches()).toMatchObject([{ boards: [board] }]);
    });

    it('has a bench hear each order once and in order, those too that were given while nobody heard', async () => {
      const { roll } = under;
      const orders: readonly BenchOrder[] = [
        { kind: 'drain', bench: 'room-1' },
        { kind: 'quarantine', bench: 'room-1', board: 'a', reason: 'rattles' },
        { kind: 'release', bench: 'room-1', board: 'a' },
      ];
      const [early, ...later] = orders;
      const heard: BenchOrder[] = [];
      if (early !== undefined) await roll.order(early);
      await roll.order({ kind: 'drain', bench: 'room-2' });
      let told = (): void => undefined;
      const all = new Promise<void>((resolve) => (told = resolve));
      await roll.onOrder('room-1', (order) => {
        if (heard.push(order) === orders.length) told();
      });
      expect(heard).toEqual([early]);
      for (const order of later) await roll.order(order);
      await all;
      expect(heard).toEqual(orders);
    });

    it('gives the newest verdicts first', async () => {
      const { verdicts } = under;
      const verdict = (jobId: string): BookedVerdict => ({
        jobId,
        firmwareSha256: 'aa',
        outcome: 'pass',
        exitCode: 0,
        atMs: 1,
        turns: 24,
        report: 'file:///reports/one/report.html',
      });
      for (const jobId of ['one', 'two', 'three']) await verdicts.record(verdict(jobId));
      expect(await verdicts.recent(2)).toEqual([verdict('three'), verdict('two')]);
      expect(await verdicts.recent(0)).toEqual([]);
    });
  });
}
