import {
  choreOffer,
  needsOfChore,
  type Chore,
  type Claim,
  type FleetQueue,
  type JobOrder,
  type JobOutcome,
  type PieceOrder,
  type Retention,
  type Seat,
} from '.';

/** A queue with what the contract needs of the time around it. */
export interface QueueUnderContract {
  readonly queue: FleetQueue;
  /** Resolves once a claim that nobody was heard of has run out. */
  leaseEnds(): Promise<void>;
  /** On the clock of the queue. */
  nowMs(): number;
  /** Resolves when so much time has passed on it. */
  passes(forMs: number): Promise<void>;
}

const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'mock' } as const;
const piece: PieceOrder = { needs, suites: ['boot'], expectedMs: 10_000 };
const order = (given: Partial<JobOrder> = {}): JobOrder => ({
  priority: 'nightly',
  firmwareSha256: 'aa',
  pieces: [piece],
  ...given,
});
const seat = (board: string, given: Partial<Seat> = {}): Seat => ({
  board,
  bench: 'room-1',
  offer: { boardModel: 'Korvo-2', rig: 'alsa', languages: ['zh', 'en'], providers: ['mock'] },
  ...given,
});
const bundle = { uri: 'file:///bundles/one.tar', sha256: 'bb' };

/** What every queue of a fleet promises. `open` gives one that is empty. */
export function fleetQueueContract(
  name: string,
  open: (retention?: Partial<Retention>) => Promise<QueueUnderContract>,
): void {
  describe(`Fleet queue contract: ${name}`, () => {
    let under: QueueUnderContract;
    let queue: FleetQueue;
    let ended: JobOutcome[];
    /** Resolves with the first job that is over. */
    let over: Promise<JobOutcome>;

    beforeEach(async () => {
      under = await open();
      queue = under.queue;
      ended = [];
      over = new Promise((resolve) => {
        queue.onJobOver((outcome) => {
          ended.push(outcome);
          resolve(outcome);
        });
      });
    });
    afterEach(() => queue.close());

    async function claimed(board: string, given: Partial<Seat> = {}): Promise<Claim> {
      const claim = await queue.claim(seat(board, given));
      if (claim === undefined) throw new Error(`${board} was given nothing`);
      return claim;
    }

    /** What a board is given in the end that asks again and again. */
    async function offered(board: string, given: Partial<Seat> = {}): Promise<Claim> {
      for (;;) {
        const claim = await queue.claim(seat(board, given));
        if (claim !== undefined) return claim;
        await under.passes(100);
      }
    }

    it('gives each unit to one board, and tells of the job once all are in, in the order of the order', async () => {
      const jobId = await queue.submit(
        order({
          boards: 3,
          pieces: ['boot', 'latency', 'crash'].map((suite) => ({ ...piece, suites: [suite] })),
        }),
      );
      const claims = [await claimed('a'), await claimed('b'), await claimed('c')];
      expect(claims.map(({ unit }) => unit.suites)).toEqual([['boot'], ['latency'], ['crash']]);
      expect(await queue.claim(seat('d'))).toBeUndefined();
      for (const claim of [...claims].reverse()) expect(await queue.complete(claim, bundle)).toBe('accepted');
      const pieces = ['a', 'b', 'c'].map((board, at) => ({
        piece: `${jobId}/${at}`,
        board,
        attempts: 1,
        bundle,
      }));
      expect(await over).toEqual({ jobId, isCancelled: false, pieces });
      expect(ended).toHaveLength(1);
    });

    it('gives work to boards that can do it', async () => {
      await queue.submit(order());
      for (const offer of [
        { boardModel: 'AtomS3R' },
        { rig: 'virtual' },
        { languages: ['zh'] },
        { providers: ['live:openai'] },
      ])
        expect(await queue.claim(seat('other', { offer: { ...seat('').offer, ...offer } }))).toBeUndefined();
      expect((await claimed('a')).unit.needs).toEqual(needs);
    });

    it('gives the more urgent first, of equals the older', async () => {
      const ids = [];
      for (const [index, priority] of (['nightly', 'pull-request', 'nightly', 'gate'] as const).entries())
        ids.push(await queue.submit(order({ priority, firmwareSha256: `f${index}` })));
      const given = [];
      for (const board of ['a', 'b', 'c', 'd']) given.push((await claimed(board)).unit.jobId);
      expect(given).toEqual([ids[3], ids[1], ids[0], ids[2]]);
    });

    it('gives a job to no more boards at once than it asks for, and its next unit to who is done with one', async () => {
      await queue.submit(order({ boards: 1, pieces: [piece, piece] }));
      const first = await claimed('a');
      expect(await queue.claim(seat('b'))).toBeUndefined();
      await queue.complete(first, bundle);
      expect((await claimed('a')).unit.piece).toBe(`${first.unit.jobId}/1`);
    });

    it('takes an order that is under way already for the same', async () => {
      const first = await queue.submit(order());
      expect(await queue.submit(order())).toBe(first);
      expect(await queue.submit(order({ firmwareSha256: 'other' }))).not.toBe(first);
      await queue.complete(await claimed('a'), bundle);
      expect(await queue.submit(order())).not.toBe(first);
    });

    it('gives a unit whose board is not heard of to another, and refuses what the first delivers then', async () => {
      await queue.submit(order());
      const lost = await claimed('a');
      await under.leaseEnds();
      expect(await queue.heartbeat(lost)).toBe('lost');
      expect(await queue.claim(seat('a'))).toBeUndefined();
      const again = await claimed('b');
      expect(again.unit).toMatchObject({ piece: lost.unit.piece, attempt: 2, notOn: ['a'] });
      expect(again.unit.id).not.toBe(lost.unit.id);
      expect(again.token).toBeGreaterThan(lost.token);
      expect(await queue.complete(lost, bundle)).toBe('stale');
      expect(ended).toEqual([]);
      expect(await queue.complete(again, bundle)).toBe('accepted');
      expect((await over).pieces).toMatchObject([{ board: 'b', attempts: 2 }]);
    });

    it('has a unit that was lost played by one board more, whatever ends meanwhile', async () => {
      await queue.submit(order({ pieces: [piece, piece, piece] }));
      const lost = await claimed('a');
      await under.leaseEnds();
      const given = [await claimed('b'), await claimed('b')];
      const other = given.find(({ unit }) => unit.piece !== lost.unit.piece);
      if (other === undefined) throw new Error('the lost one was given twice');
      await queue.complete(other, bundle);
      const { unit } = await claimed('b');
      expect([...given.map((claim) => claim.unit.piece), unit.piece].sort()).toEqual(
        [0, 1, 2].map((index) => `${lost.unit.jobId}/${index}`),
      );
      expect(await queue.claim(seat('b'))).toBeUndefined();
    });

    it('takes what a board that was not heard of delivers while nobody else has it, and gives it to nobody then', async () => {
      await queue.submit(order());
      const late = await claimed('a');
      await under.leaseEnds();
      expect(await queue.complete(late, bundle)).toBe('accepted');
      expect(await queue.claim(seat('b'))).toBeUndefined();
      expect((await over).pieces).toMatchObject([{ board: 'a', attempts: 1 }]);
    });

    it('knows a bundle that comes twice', async () => {
      await queue.submit(order());
      const claim = await claimed('a');
      expect(await queue.complete(claim, bundle)).toBe('accepted');
      expect(await queue.complete(claim, bundle)).toBe('repeated');
      await over;
      expect(ended).toHaveLength(1);
    });

    it('gives a unit up that three boards lost, and says why', async () => {
      await queue.submit(order());
      for (const board of ['a', 'b', 'c']) await queue.fail(await claimed(board), `${board} lost its port`);
      expect(await queue.claim(seat('d'))).toBeUndefined();
      const { jobId, pieces } = await over;
      expect(pieces).toEqual([{ piece: `${jobId}/0`, attempts: 3, missing: 'c lost its port' }]);
    });

    it('drops the waiting units of a cancelled job and tells who plays one', async () => {
      const jobId = await queue.submit(order({ pieces: [piece, piece, piece] }));
      const playing = await claimed('a');
      const heard = new Promise((resolve) => queue.onCancel(resolve));
      await queue.cancel(jobId);
      expect(await heard).toBe(jobId);
      expect(await queue.heartbeat(playing)).toBe('cancelled');
      expect(await queue.claim(seat('b'))).toBeUndefined();
      expect(await over).toMatchObject({ jobId, isCancelled: true });
      await queue.cancel(jobId);
      expect(ended).toHaveLength(1);
    });

    it('asks no more of a provider than it allows, at once and in money', async () => {
      const live = { ...piece, needs: { ...needs, provider: 'live:openai' }, costCents: 4 };
      const offer = { ...seat('').offer, providers: ['live:openai'] };
      await queue.limit('live:openai', { atOnce: 1, centsPerDay: 10 });
      await queue.submit(order({ boards: 4, pieces: [live, live, live] }));
      const first = await claimed('a', { offer });
      expect(await queue.claim(seat('b', { offer }))).toBeUndefined();
      // Dearer than thought: 7 of 10 cents are spent, and the next is thought to cost 4.
      const atOnce = { provider: 'live:openai', by: 'at-once', used: 1, limit: 1 };
      expect(await queue.status()).toMatchObject([{ waiting: 2, held: atOnce }]);
      await queue.complete(first, bundle, 7);
      expect(await queue.claim(seat('b', { offer }))).toBeUndefined();
      const perDay = { provider: 'live:openai', by: 'per-day', used: 7, limit: 10 };
      expect(await queue.job(first.unit.jobId)).toMatchObject({ held: perDay });
      expect(await queue.providers()).toMatchObject([{ provider: 'live:openai', running: 0, spentCents: 7 }]);
      await queue.limit('live:openai', { atOnce: 1, centsPerDay: 11 });
      await claimed('b', { offer });
      await queue.limit('live:openai', undefined);
      await claimed('c', { offer });
      expect(await queue.providers()).toEqual([]);
      expect((await queue.job(first.unit.jobId))?.held).toBeUndefined();
    });

    it('begins with no more units of a provider in a minute than it allows', async () => {
      const dear = { ...piece, needs: { ...needs, provider: 'live:openai' } };
      const offer = { ...seat('').offer, providers: ['live:openai'] };
      await queue.limit('live:openai', { unitsPerMinute: 2 });
      await queue.submit(order({ boards: 4, pieces: [dear, dear, dear] }));
      const minute = (): number => Math.floor(under.nowMs() / 60_000);
      const from = minute();
      for (const board of ['a', 'b']) await queue.complete(await claimed(board, { offer }), bundle);
      const third = await queue.claim(seat('c', { offer }));
      // On a real clock a minute may end in between.
      if (minute() === from) expect(third).toBeUndefined();
    });

    it('has no two boards spend the same cents', async () => {
      const dear = { ...piece, needs: { ...needs, provider: 'live:openai' }, costCents: 4 };
      const offer = { ...seat('').offer, providers: ['live:openai'] };
      await queue.limit('live:openai', { centsPerDay: 10 });
      await queue.submit(order({ boards: 6, pieces: Array.from({ length: 6 }, () => dear) }));
      const claims = await Promise.all(
        ['a', 'b', 'c', 'd', 'e', 'f'].map((board) => queue.claim(seat(board, { offer }))),
      );
      expect(claims.filter((claim) => claim !== undefined)).toHaveLength(2);
      expect(await queue.providers()).toMatchObject([{ running: 2, spentCents: 8 }]);
    });

    it('lets boards that hear each other play one at a time', async () => {
      await queue.submit(order({ boards: 2, pieces: [piece, piece] }));
      const first = await claimed('a', { isolation: 'room' });
      expect(await queue.claim(seat('b', { isolation: 'room' }))).toBeUndefined();
      await queue.complete(first, bundle);
      await claimed('b', { isolation: 'room' });
    });

    it('keeps a job back until its time has come', async () => {
      await queue.submit(order({ notBeforeMs: under.nowMs() + 60_000 }));
      expect(await queue.claim(seat('a'))).toBeUndefined();
      expect(await queue.status()).toMatchObject([{ waiting: 1, running: 0, isOver: false }]);
    });

    it('gives a job whose time has come, though nothing else waits', async () => {
      await queue.submit(order({ notBeforeMs: under.nowMs() + 50 }));
      expect((await offered('a')).unit.suites).toEqual(piece.suites);
    });

    it('gives a unit again that a board was not to have just then, though nothing else waits', async () => {
      await queue.submit(order({ boards: 2, pieces: [piece, piece] }));
      const room = { isolation: 'room' };
      const asked = await Promise.all([queue.claim(seat('a', room)), queue.claim(seat('b', room))]);
      const [first, ...more] = asked.filter((claim) => claim !== undefined);
      expect(more).toEqual([]);
      await queue.complete(first!, bundle);
      expect((await offered('b', room)).unit.piece).not.toBe(first!.unit.piece);
    });

    it('takes what goes on from two jobs for two jobs', async () => {
      const first = await queue.submit(order({ continues: 'job-a' }));
      expect(await queue.submit(order({ continues: 'job-b' }))).not.toBe(first);
      expect(await queue.submit(order({ continues: 'job-a' }))).toBe(first);
    });

    it('tells of a job what was ordered and what has ended of it', async () => {
      const firmware = { uri: 'file:///bundles/firmware.tar', sha256: 'cc' };
      const wanted = order({ pieces: [{ ...piece, turns: 40, firmware }, piece] });
      const jobId = await queue.submit(wanted);
      expect(await queue.job('another')).toBeUndefined();
      const none = { jobId, isCancelled: false, pieces: [] };
      expect(await queue.job(jobId)).toEqual({ jobId, order: wanted, isOver: false, outcome: none });
      const first = await claimed('a');
      expect(first.unit).toMatchObject({ turns: 40, firmware });
      await queue.complete(first, bundle);
      expect(await queue.job(jobId)).toMatchObject({ isOver: false, outcome: { pieces: [{ board: 'a' }] } });
      await queue.complete(await claimed('b'), bundle);
      expect(await queue.job(jobId)).toMatchObject({ isOver: true, outcome: await over });
    });

    it('says how far its jobs are', async () => {
      const jobId = await queue.submit(order({ priority: 'gate', pieces: [piece, piece, piece] }));
      await queue.complete(await claimed('a'), bundle);
      await claimed('a');
      expect(await queue.status()).toEqual([
        { jobId, priority: 'gate', waiting: 1, running: 1, done: 1, isOver: false },
      ]);
    });

    describe('of a job that is built, played and merged', () => {
      const source = { uri: 'file:///bundles/source.tar', sha256: 'ss' };
      const firmware = { uri: 'file:///bundles/firmware.tar', sha256: 'ff' };
      const chores = { build: { kind: 'build', recipe: 'demo', source }, merge: { kind: 'merge' } } as const;
      const chore = (kind: Chore['kind']): PieceOrder => ({
        needs: needsOfChore(chores[kind]),
        suites: [kind],
        expectedMs: 1_000,
        chore: chores[kind],
      });
      const flow = (given: Partial<JobOrder> = {}): JobOrder =>
        order({ firmwareSha256: 'ss', pieces: [chore('build'), piece, piece, chore('merge')], ...given });
      const builder = { offer: choreOffer('build', ['demo', 'other']) };
      const merger = { offer: choreOffer('merge') };

      it('begins with the build, plays what was built, and merges when all has been played', async () => {
        const jobId = await queue.submit(flow());
        const none = async (seats: readonly Partial<Seat>[]): Promise<void> => {
          for (const given of seats) expect(await queue.claim(seat('idle', given))).toBeUndefined();
        };
        await none([{}, merger, { offer: choreOffer('build', ['other']) }]);
        const build = await claimed('desk', builder);
        expect(build.unit).toMatchObject({ chore: chores.build, firmwareSha256: 'ss' });
        await none([{}, merger, builder]);
        await queue.complete(build, firmware);
        const played = [await claimed('a'), await claimed('b')];
        for (const { unit } of played) expect(unit).toMatchObject({ firmware, firmwareSha256: 'ff' });
        await queue.complete(played[0]!, bundle);
        await none([merger]);
        await queue.fail(played[1]!, 'it fell');
        await none([merger]);
        const again = await claimed('c');
        expect(again.unit).toMatchObject({ firmware, attempt: 2 });
        await queue.complete(again, bundle);
        expect((await queue.job(jobId))?.isOver).toBe(false);
        const merge = await claimed('desk', merger);
        expect(merge.unit.chore).toEqual(chores.merge);
        expect(merge.unit.firmware).toBeUndefined();
        await queue.complete(merge, { uri: 'file:///bundles/merged.tar', sha256: 'mm' });
        expect((await over).pieces.map((one) => 'bundle' in one && one.bundle.sha256)).toEqual([
          'ff',
          'bb',
          'bb',
          'mm',
        ]);
      });

      it('merges a job that somebody waits for once it is ordered without anybody waiting, and the other way round', async () => {
        const waiting = order({ pieces: [piece] });
        const detached = order({ pieces: [piece, chore('merge')] });
        const jobId = await queue.submit(waiting);
        const playing = await claimed('a');
        expect(await queue.submit(detached)).toBe(jobId);
        await queue.complete(playing, bundle);
        expect((await queue.job(jobId))?.isOver).toBe(false);
        await queue.complete(await claimed('desk', merger), bundle);
        expect((await over).pieces).toHaveLength(2);
        const again = await queue.submit(detached);
        expect(again).not.toBe(jobId);
        expect(await queue.submit(waiting)).toBe(again);
        await queue.complete(await claimed('a'), bundle);
        await claimed('desk', merger);
        const budgets = { uri: 'file:///bundles/budgets.tar', sha256: 'gg' };
        const judged = { ...chore('merge'), chore: { ...chores.merge, budgets } };
        expect(await queue.submit(order({ pieces: [piece, judged] }))).not.toBe(again);
      });

      it('plays nothing of what could not be built, and merges all the same', async () => {
        const jobId = await queue.submit(flow());
        for (const desk of ['x', 'y', 'z']) await queue.fail(await claimed(desk, builder), `${desk}: exit 2`);
        expect(await queue.claim(seat('a'))).toBeUndefined();
        await queue.complete(await claimed('desk', merger), bundle);
        const missing = 'its firmware was not built: z: exit 2';
        expect((await over).pieces).toMatchObject([
          { attempts: 3, missing: 'z: exit 2' },
          { piece: `${jobId}/1`, attempts: 0, missing },
          { piece: `${jobId}/2`, attempts: 0, missing },
          { bundle },
        ]);
      });

      it('ends with the build that failed where nobody merges', async () => {
        await queue.submit(flow({ pieces: [chore('build'), piece, piece] }));
        for (const desk of ['x', 'y', 'z']) await queue.fail(await claimed(desk, builder), 'exit 2');
        expect((await over).pieces).toHaveLength(3);
        expect(await queue.claim(seat('a'))).toBeUndefined();
        expect(ended).toHaveLength(1);
      });

      it('merges what there is of a job that boards gave up, and nothing of a cancelled one', async () => {
        await queue.submit(order({ pieces: [piece, chore('merge')] }));
        for (const board of ['a', 'b', 'c']) await queue.fail(await claimed(board), 'it fell');
        await queue.complete(await claimed('desk', merger), bundle);
        expect((await over).pieces).toMatchObject([{ missing: 'it fell' }, { bundle }]);
        await queue.cancel(await queue.submit(order({ pieces: [piece, chore('merge')] })));
        expect(await queue.claim(seat('desk', merger))).toBeUndefined();
      });
    });

    it('forgets jobs that were over long ago, and tells of the newest of those that it keeps', async () => {
      const { queue: forgetful } = await open({ jobs: 22 });
      const ids: string[] = [];
      const claims: Claim[] = [];
      try {
        for (let made = 0; made < 24; made++) {
          ids.push(await forgetful.submit(order({ firmwareSha256: `f${made}` })));
          const claim = await forgetful.claim(seat('a'));
          if (claim === undefined) throw new Error('there was nothing');
          claims.push(claim);
          await forgetful.complete(claim, bundle);
        }
        const underWay = await forgetful.submit(order());
        const known = await Promise.all(ids.map((id) => forgetful.job(id)));
        expect(known.map((job) => job?.isOver)).toEqual([undefined, undefined, ...Array(22).fill(true)]);
        const status = await forgetful.status();
        expect(status.map(({ jobId }) => jobId)).toEqual([underWay, ...ids.slice(-20)]);
        const [forgotten, , kept] = claims;
        expect(await forgetful.complete(forgotten!, bundle)).toBe('stale');
        expect(await forgetful.complete(kept!, bundle)).toBe('repeated');
      } finally {
        await forgetful.close();
      }
    });
  });
}
