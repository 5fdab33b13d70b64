import {
  InProcessQueue,
  InProcessRoll,
  InProcessVerdicts,
  LEASE_MS,
  OTHERS_FIRST_MS,
  queueOf,
  queuesOf,
  type Seat,
} from '..';
import { DAY_MS } from '../allowances';
import { VirtualTime } from '../../proving-ground/fleet/virtual-time';
import { benchRollContract } from '../bench-roll.contract';
import { fleetQueueContract } from '../fleet-queue.contract';

/** Resolves when so much time has passed. */
async function pass(time: VirtualTime, forMs: number): Promise<void> {
  let isOver = false;
  time.after(forMs, () => (isOver = true));
  await time.runUntil(() => isOver);
}

fleetQueueContract('in process', (retention = {}) => {
  const time = new VirtualTime();
  return Promise.resolve({
    queue: new InProcessQueue({ clock: time, retention }),
    leaseEnds: () => pass(time, LEASE_MS),
    nowMs: () => time.nowMs(),
    passes: (forMs) => pass(time, forMs),
  });
});

benchRollContract('in process', () => {
  const time = new VirtualTime();
  return Promise.resolve({
    roll: new InProcessRoll(time),
    verdicts: new InProcessVerdicts(),
    silence: () => pass(time, LEASE_MS),
  });
});

describe('a queue in this process', () => {
  const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'mock' };
  const piece = { needs, suites: ['boot'], expectedMs: 10_000 };
  const seat: Seat = {
    board: 'a',
    bench: 'room-1',
    offer: { boardModel: 'Korvo-2', rig: 'alsa', languages: ['en'], providers: ['mock'] },
  };
  const time = new VirtualTime();
  const queue = new InProcessQueue({ clock: time });
  afterAll(() => queue.close());

  it('keeps a claim alive by heartbeats, and gives a unit back to the only board there is', async () => {
    await queue.submit({ priority: 'gate', firmwareSha256: 'aa', pieces: [piece] });
    const claim = await queue.claim(seat);
    if (claim === undefined) throw new Error('there was nothing');
    for (let beats = 0; beats < 5; beats++) {
      await pass(time, LEASE_MS - 1);
      expect(await queue.heartbeat(claim)).toBe('held');
    }
    await queue.fail(claim, 'the port went');
    expect(await queue.claim(seat)).toBeUndefined();
    await pass(time, OTHERS_FIRST_MS);
    expect((await queue.claim(seat))?.unit.attempt).toBe(2);
  });

  it('forgets a job that has been over for as long as it keeps them', async () => {
    const forgetful = new InProcessQueue({ clock: time, retention: { forMs: 1_000 } });
    const over = async (): Promise<string> => {
      const jobId = await forgetful.submit({ priority: 'gate', firmwareSha256: 'aa', pieces: [piece] });
      const claim = await forgetful.claim(seat);
      await forgetful.complete(claim!, { uri: 'file:///one', sha256: 'bb' });
      return jobId;
    };
    const first = await over();
    await pass(time, 999);
    const second = await over();
    expect(await forgetful.job(first)).toBeDefined();
    await pass(time, 1);
    await over();
    expect(await forgetful.job(first)).toBeUndefined();
    expect(await forgetful.job(second)).toBeDefined();
    await forgetful.close();
  });

  it('counts what is spent anew each day (UTC), and what ends later to the day on which it began', async () => {
    const clock = new VirtualTime();
    const dear = new InProcessQueue({ clock });
    await dear.limit('mock', { centsPerDay: 10 });
    const pieces = [4, 4, 4, 4].map((costCents) => ({ ...piece, costCents }));
    await dear.submit({ priority: 'gate', firmwareSha256: 'aa', boards: 4, pieces });
    const [first, second] = [await dear.claim(seat), await dear.claim({ ...seat, board: 'b' })];
    await pass(clock, DAY_MS - 1);
    expect(await dear.claim({ ...seat, board: 'c' })).toBeUndefined();
    await pass(clock, 1);
    expect(await dear.claim({ ...seat, board: 'c' })).toBeDefined();
    // Lost long ago by then, so both count as they were thought; the day is another.
    await dear.complete(first!, { uri: 'file:///one', sha256: 'bb' }, 9);
    await dear.complete(second!, { uri: 'file:///two', sha256: 'bb' }, 9);
    expect(await dear.providers()).toMatchObject([{ spentCents: 4 }]);
    await dear.close();
  });

  it('lets a board go on with its image where another unit is older by less than flashing takes', async () => {
    const mixed = new InProcessQueue({ clock: time });
    const older = await mixed.submit({ priority: 'nightly', firmwareSha256: 'other', pieces: [piece] });
    await pass(time, 1_000);
    const own = await mixed.submit({ priority: 'nightly', firmwareSha256: 'own', pieces: [piece] });
    expect((await mixed.claim({ ...seat, firmwareSha256: 'own' }))?.unit.jobId).toBe(own);
    expect((await mixed.claim({ ...seat, firmwareSha256: 'own' }))?.unit.jobId).toBe(older);
    await mixed.close();
  });
});

it('names queues by what units need, whatever stands in the names', () => {
  const offer = {
    boardModel: 'ESP32-S3 Korvo/2',
    rig: 'alsa',
    languages: ['en', 'zh'],
    providers: ['live:openai'],
  };
  expect(queuesOf(offer)).toEqual([
    'esp32-s3-korvo-2/alsa/en/live:openai',
    'esp32-s3-korvo-2/alsa/zh/live:openai',
  ]);
  expect(queuesOf({ ...offer, languages: ['en'], suites: ['any'] })).toEqual([
    'esp32-s3-korvo-2/alsa/en/live:openai',
    'esp32-s3-korvo-2/alsa/en/live:openai/any',
  ]);
  expect(queuesOf(offer)).toContain(
    queueOf({ boardModel: offer.boardModel, rig: 'alsa', language: 'zh', provider: 'live:openai' }),
  );
});
