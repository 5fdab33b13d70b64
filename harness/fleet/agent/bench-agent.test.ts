import {
  BenchAgent,
  InProcessQueue,
  InProcessRoll,
  LEASE_MS,
  OTHERS_FIRST_MS,
  type AgentBoard,
  type BoardHands,
  type BoardState,
  type Claim,
  type JobOrder,
  type Played,
  type Readiness,
} from '..';
import { VirtualTime } from '../../proving-ground/fleet/virtual-time';
import { ANNOUNCED_MS } from './bench-agent';
import { IDLE_MS } from './board-loop';

const offer = { boardModel: 'Korvo-2', rig: 'alsa', languages: ['en'], providers: ['mock'] };
const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'mock' };
const piece = { needs, suites: ['boot'], expectedMs: 10_000 };
const order = (pieces: number, given: Partial<JobOrder> = {}): JobOrder => ({
  priority: 'gate',
  firmwareSha256: 'aa',
  boards: pieces,
  pieces: Array.from({ length: pieces }, () => piece),
  ...given,
});
const judged: Played = { end: 'judged', runPath: '/runs/one' };

/** A board that takes its time, and does what a test says. */
class ScriptedHands implements BoardHands {
  readiness: Readiness = { state: 'ready' };
  played: Played = judged;
  lengthMs = 10_000;
  /** What it was given. */
  readonly units: string[] = [];
  /** Units that were broken off, at which instant. */
  readonly brokenOff: { readonly unit: string; readonly atMs: number }[] = [];

  constructor(private readonly time: VirtualTime) {}

  look(): Promise<Readiness> {
    return Promise.resolve(this.readiness);
  }

  play({ unit }: Claim, signal: AbortSignal): Promise<Played> {
    this.units.push(unit.id);
    return new Promise((resolve) => {
      const cancel = this.time.after(this.lengthMs, () => resolve(this.played));
      signal.addEventListener('abort', () => {
        cancel();
        this.brokenOff.push({ unit: unit.id, atMs: this.time.nowMs() });
        resolve({ end: 'spoilt', reason: 'broken off' });
      });
    });
  }

  quarantine(reason: string): Promise<void> {
    this.readiness = { state: 'quarantined', reason };
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.readiness = { state: 'ready' };
    return Promise.resolve();
  }
}

/** Two benches with a board each, on one queue. */
class Fleet {
  readonly time = new VirtualTime();
  readonly queue = new InProcessQueue({ clock: this.time });
  readonly roll = new InProcessRoll(this.time);
  readonly hands = { one: new ScriptedHands(this.time), two: new ScriptedHands(this.time) };
  readonly put: string[] = [];
  readonly delivered: string[] = [];
  readonly said: string[] = [];
  private readonly running = new Map<string, Promise<void>>();
  readonly agents = { one: this.agent('one'), two: this.agent('two') };

  private agent(name: 'one' | 'two'): BenchAgent {
    const board: AgentBoard = { name: 'a', dialect: 'openai-demo', offer, hands: this.hands[name] };
    return new BenchAgent({
      bench: `room-${name}`,
      host: 'lab',
      version: '0.1.0',
      boards: [board],
      queue: this.queue,
      roll: this.roll,
      clock: this.time,
      bundles: {
        put: (bundle) => {
          this.put.push(bundle);
          return Promise.resolve({ uri: `file:///bundles/${bundle}`, sha256: 'bb' });
        },
      },
      say: (text) => void this.said.push(text),
      onDelivered: (runPath) => void this.delivered.push(runPath),
    });
  }

  start(...names: readonly ('one' | 'two')[]): void {
    for (const name of names) this.running.set(name, this.agents[name].run());
  }

  async over(jobId: string): Promise<void> {
    let isOver = false;
    this.queue.onJobOver((outcome) => {
      if (outcome.jobId === jobId) isOver = true;
    });
    await this.time.runUntil(() => isOver);
    if ((await this.queue.job(jobId))?.isOver !== true)
      throw new Error(`${jobId} never ended: ${this.said.join('\n')}`);
  }

  async pass(forMs: number): Promise<void> {
    let isOver = false;
    this.time.after(forMs, () => (isOver = true));
    await this.time.runUntil(() => isOver);
  }

  async states(): Promise<readonly Partial<BoardState>[]> {
    return (await this.roll.benches()).flatMap(({ boards }) => boards);
  }

  /** Resolves when this agent has ended; what is due meanwhile is done. */
  async ended(name: 'one' | 'two'): Promise<void> {
    let isOver = false;
    void this.running.get(name)?.then(() => (isOver = true));
    await this.time.runUntil(() => isOver);
    expect(isOver).toBe(true);
  }
}

let fleet: Fleet;
beforeEach(() => {
  fleet = new Fleet();
});

it('plays a job on all boards that it may have, and names each bundle by its piece and token', async () => {
  fleet.start('one', 'two');
  const jobId = await fleet.queue.submit(order(4, { boards: 2 }));
  await fleet.over(jobId);
  expect(fleet.hands.one.units).toHaveLength(2);
  expect(fleet.hands.two.units).toHaveLength(2);
  expect([...fleet.put].sort()).toEqual([0, 1, 2, 3].map((index) => `${jobId}/${index}-1`));
  expect(fleet.delivered).toHaveLength(4);
  const { outcome } = (await fleet.queue.job(jobId)) ?? {};
  expect(new Set(outcome?.pieces.map((one) => 'board' in one && one.board))).toEqual(
    new Set(['room-one/a', 'room-two/a']),
  );
});

it('keeps a unit alive that is longer than its lease', async () => {
  fleet.hands.one.lengthMs = 10 * LEASE_MS;
  fleet.start('one');
  await fleet.over(await fleet.queue.submit(order(1)));
  expect(fleet.hands.one.brokenOff).toEqual([]);
  expect(fleet.put).toHaveLength(1);
});

it('tells what each board does, and since when', async () => {
  fleet.start('one');
  await fleet.pass(1);
  expect(await fleet.states()).toMatchObject([{ name: 'a', model: 'Korvo-2', state: 'idle', offer }]);
  const jobId = await fleet.queue.submit(order(1));
  await fleet.pass(IDLE_MS);
  expect(await fleet.states()).toMatchObject([
    { state: 'playing', jobId, piece: `${jobId}/0`, sinceMs: IDLE_MS + 1 },
  ]);
  await fleet.pass(fleet.hands.one.lengthMs);
  const [after] = await fleet.states();
  expect(after).toMatchObject({ state: 'idle' });
  expect(after).not.toHaveProperty('jobId');
  await fleet.pass(LEASE_MS + ANNOUNCED_MS);
  expect(await fleet.states()).toMatchObject([{ state: 'idle' }]);
});

it('breaks a unit off as soon as its job is cancelled, and takes the next', async () => {
  fleet.hands.one.lengthMs = 100_000;
  fleet.start('one');
  const jobId = await fleet.queue.submit(order(1));
  await fleet.pass(5_000);
  await fleet.queue.cancel(jobId);
  const cancelledAtMs = fleet.time.nowMs();
  await fleet.pass(1);
  fleet.hands.one.lengthMs = 1_000;
  await fleet.over(await fleet.queue.submit(order(1, { firmwareSha256: 'cc' })));
  const [broken] = fleet.hands.one.brokenOff;
  expect(broken?.unit).toBe(`${jobId}/0#1`);
  expect(broken?.atMs).toBe(cancelledAtMs);
  expect(fleet.put).toHaveLength(1);
});

it('hears of a cancelled job at the next heartbeat where the word of it got lost', async () => {
  fleet.hands.one.lengthMs = 100_000;
  jest.spyOn(fleet.queue, 'onCancel').mockReturnValue(() => undefined);
  fleet.start('one');
  const jobId = await fleet.queue.submit(order(1));
  await fleet.pass(5_000);
  await fleet.queue.cancel(jobId);
  await fleet.pass(LEASE_MS / 3);
  expect(fleet.hands.one.brokenOff).toMatchObject([{ unit: `${jobId}/0#1` }]);
});

it('breaks a unit off when the queue is not heard of for the time of a lease, and not before', async () => {
  fleet.hands.one.lengthMs = 1_000_000;
  fleet.start('one');
  await fleet.queue.submit(order(1));
  await fleet.pass(5_000);
  const asked = fleet.time.nowMs();
  jest.spyOn(fleet.queue, 'heartbeat').mockReturnValue(new Promise(() => undefined));
  await fleet.pass(LEASE_MS - 5_000);
  expect(fleet.hands.one.brokenOff).toEqual([]);
  await fleet.pass(6_000);
  expect(fleet.hands.one.brokenOff).toHaveLength(1);
  expect(fleet.hands.one.brokenOff[0]?.atMs).toBeLessThanOrEqual(asked + LEASE_MS);
  expect(fleet.said.join('\n')).toContain('the queue was not heard of');
});

it('asks again after a heartbeat that failed', async () => {
  fleet.hands.one.lengthMs = 3 * LEASE_MS;
  fleet.start('one');
  const jobId = await fleet.queue.submit(order(1));
  jest.spyOn(fleet.queue, 'heartbeat').mockRejectedValueOnce(new Error('READONLY'));
  await fleet.over(jobId);
  expect(fleet.hands.one.brokenOff).toEqual([]);
  expect(fleet.said.join('\n')).toContain('READONLY');
});

it('gives a unit that its bench spoilt to another, and delivers what the last of three spoilt', async () => {
  const { one, two } = fleet.hands;
  one.played = { end: 'spoilt', reason: 'the rig has no signal', runPath: '/runs/spoilt' };
  fleet.start('one');
  const jobId = await fleet.queue.submit(order(1));
  await fleet.pass(IDLE_MS + one.lengthMs + 1);
  fleet.start('two');
  await fleet.over(jobId);
  expect([one.units, two.units]).toEqual([[`${jobId}/0#1`], [`${jobId}/0#2`]]);
  expect(fleet.delivered).toEqual(['/runs/one']);

  two.played = one.played;
  const hopeless = await fleet.queue.submit(order(1));
  await fleet.over(hopeless);
  expect(fleet.time.nowMs()).toBeGreaterThan(OTHERS_FIRST_MS);
  expect(fleet.delivered).toEqual(['/runs/one', '/runs/spoilt']);
  expect((await fleet.queue.job(hopeless))?.outcome.pieces).toMatchObject([{ attempts: 3, bundle: {} }]);
});

it('keeps what nobody could put on the shelf from being lost: another board plays it', async () => {
  fleet.start('one', 'two');
  const jobId = await fleet.queue.submit(order(1));
  const { put } = fleet;
  jest.spyOn(put, 'push').mockImplementationOnce(() => {
    throw new Error('no space left');
  });
  await fleet.over(jobId);
  expect((await fleet.queue.job(jobId))?.outcome.pieces).toMatchObject([{ attempts: 2, bundle: {} }]);
});

it('gives a quarantined board nothing until it is released, and says why', async () => {
  fleet.start('one');
  await fleet.roll.order({ kind: 'quarantine', bench: 'room-one', board: 'a', reason: 'rattles' });
  await fleet.pass(1);
  const jobId = await fleet.queue.submit(order(1));
  await fleet.pass(60_000);
  expect(fleet.hands.one.units).toEqual([]);
  expect(await fleet.states()).toMatchObject([{ state: 'quarantined', reason: 'rattles' }]);
  await fleet.roll.order({ kind: 'release', bench: 'room-one' });
  await fleet.over(jobId);
  expect(fleet.hands.one.units).toHaveLength(1);
});

it('drains a board that plays: to the end of the unit, and no further until it is to go on', async () => {
  fleet.start('one');
  const jobId = await fleet.queue.submit(order(2, { boards: 1 }));
  await fleet.pass(IDLE_MS + 1);
  await fleet.roll.order({ kind: 'drain', bench: 'room-one', board: 'a' });
  await fleet.pass(1);
  expect(await fleet.states()).toMatchObject([{ state: 'draining', piece: `${jobId}/0` }]);
  await fleet.pass(60_000);
  expect(fleet.hands.one.units).toEqual([`${jobId}/0#1`]);
  expect(fleet.delivered).toHaveLength(1);
  await fleet.roll.order({ kind: 'resume', bench: 'room-one', board: 'a' });
  await fleet.over(jobId);
});

it('leaves after the unit that it plays, and takes no other', async () => {
  fleet.start('one');
  const jobId = await fleet.queue.submit(order(2, { boards: 1 }));
  await fleet.pass(IDLE_MS + 1);
  fleet.agents.one.leave();
  await fleet.ended('one');
  await fleet.agents.one.signOff();
  expect(fleet.hands.one.brokenOff).toEqual([]);
  expect(fleet.delivered).toHaveLength(1);
  expect(await fleet.roll.benches()).toEqual([]);
  expect(await fleet.queue.status()).toMatchObject([{ jobId, waiting: 1, running: 0, done: 1 }]);
});

it('gives its unit to others at once when it is stopped', async () => {
  fleet.hands.one.lengthMs = 1_000_000;
  fleet.start('one');
  const jobId = await fleet.queue.submit(order(1));
  await fleet.pass(IDLE_MS + 1);
  const stoppedAtMs = fleet.time.nowMs();
  fleet.agents.one.stop();
  await fleet.ended('one');
  expect(fleet.hands.one.brokenOff).toEqual([{ unit: `${jobId}/0#1`, atMs: stoppedAtMs }]);
  expect(await fleet.queue.status()).toMatchObject([{ waiting: 1, running: 0, done: 0 }]);
});

it('leaves a queue that does not answer, and gives back what it answers too late', async () => {
  const claim = await (async () => {
    await fleet.queue.submit(order(1));
    return fleet.queue.claim({ board: 'room-one/a', bench: 'room-one', offer });
  })();
  let answer: (late: Claim | undefined) => void = () => undefined;
  jest.spyOn(fleet.queue, 'claim').mockReturnValue(new Promise((resolve) => (answer = resolve)));
  fleet.start('one');
  await fleet.pass(60_000 / 3);
  fleet.agents.one.leave();
  await fleet.ended('one');
  answer(claim);
  await fleet.pass(1);
  expect(await fleet.queue.status()).toMatchObject([{ waiting: 1, running: 0 }]);
  expect(fleet.hands.one.units).toEqual([]);
});
