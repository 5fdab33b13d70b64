import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeasuredTurn } from '../measurement';
import type { BoardEvent, SoakPlan } from '../ports';
import type { RunStore } from '../run';
import { ManualClock } from '../board/__fixtures__/manual-clock';
import { EventLog as BoardLog } from '../board/event-log';
import { sessionState } from '../board/session-state';
import { EventLog as ProviderLog } from '../provider/event-log';
import { OldEvents } from './old-events';
import { SoakClock } from './soak-clock';
import { TurnKeeping } from './turn-keeping';

const plan: SoakPlan = {
  forMs: 600_000,
  playedMs: 0,
  pattern: 'steady',
  bounds: { internal: {}, psram: {} },
  isBound: false,
  keepEvery: 4,
};

/** What was stored, in a folder of its own. */
function storing(every: number, mostSoundBytes?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-keeping-'));
  const turns: MeasuredTurn[] = [];
  const events: (readonly [string, string])[] = [];
  let soak: object = plan;
  const store = {
    record: { soak: plan },
    pathOf: (path: string) => join(folder, path),
    appendTurn: (turn: MeasuredTurn) => Promise.resolve(void turns.push(turn)),
    appendEvent: (kind: string, data: { readonly type?: string; readonly turnId?: string }) =>
      void events.push([kind, data.type ?? data.turnId ?? '']),
    update: (known: { readonly soak?: object }) => void (soak = known.soak ?? soak),
  } as unknown as RunStore;
  const keeping = new TurnKeeping(store, every, mostSoundBytes);
  const take = async (n: number, isGood = true): Promise<boolean> => {
    const path = `t${n}.wav`;
    writeFileSync(join(folder, path), Buffer.alloc(100));
    keeping.event('provider', { type: 'heard', hostAtMs: n });
    keeping.event('board', { type: 'heap', hostAtMs: n });
    const record = { turnId: `t${n}`, endedAtHostMs: n, capture: { path }, replies: [], consoleLines: [n] };
    const turn = { record, measurement: { turnId: `t${n}`, measures: {} } } as unknown as MeasuredTurn;
    return keeping.append(turn, isGood);
  };
  const sounds = (): number[] =>
    Array.from({ length: 40 }, (_, n) => n).filter((n) => existsSync(join(folder, `t${n}.wav`)));
  return { keeping, take, turns, events, sounds, letGo: () => (soak as { letGo?: object }).letGo };
}

describe('TurnKeeping', () => {
  it('keeps the first turns, one of so many, and each in which something was found wrong', async () => {
    const { take, turns, events, sounds } = storing(4);
    for (let n = 1; n <= 20; n += 1) await take(n, n !== 15);
    expect(sounds()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20]);
    expect(turns).toHaveLength(20);
    const slim = turns.filter(({ record }) => record.letGo === true);
    expect(slim.map(({ record }) => record.turnId)).toEqual(['t11', 't13', 't14', 't17', 't18', 't19']);
    expect(slim[0]).toMatchObject({ record: { consoleLines: [] }, measurement: { turnId: 't11' } });
    // What a leak is judged by is there of every turn.
    expect(events.filter(([, type]) => type === 'heap')).toHaveLength(20);
    expect(events.filter(([, type]) => type === 'heard')).toHaveLength(14);
  });

  it('counts what it let go', async () => {
    const { keeping, take, letGo } = storing(4);
    for (let n = 1; n <= 14; n += 1) await take(n);
    keeping.close();
    expect(letGo()).toMatchObject({ turns: 3, soundBytes: 300 });
  });

  it('counts what it let go of a console, and lets nothing of it go in an ordinary run', () => {
    const asked: number[] = [];
    const sink = { keepNewest: (mostBytes: number) => asked.push(mostBytes) * 50 };
    const ordinary = storing(1);
    ordinary.keeping.trimConsole(sink);
    expect(asked).toEqual([]);
    const { keeping, letGo } = storing(4);
    keeping.trimConsole({ keepNewest: () => 0 });
    expect(letGo()).toBeUndefined();
    for (let turn = 1; turn <= 2; turn += 1) {
      keeping.trimConsole(sink);
      // Whoever kills it now is told all the same.
      expect(letGo()).toMatchObject({ consoleBytes: [50, 150][turn - 1], turns: 0 });
    }
    expect(asked).toEqual([2 ** 28, 2 ** 28]);
  });

  it('takes the sound of the oldest good turns when there is too much', async () => {
    const { take, events, sounds } = storing(4, 500);
    for (let n = 1; n <= 8; n += 1) await take(n, n !== 2);
    expect(sounds()).toEqual([2, 5, 6, 7, 8]);
    expect(events.filter(([kind]) => kind === 'sound-let-go').map(([, id]) => id)).toEqual([
      't1',
      't3',
      't4',
    ]);
  });

  it('keeps everything of an ordinary run', async () => {
    const { keeping, take, turns, sounds, letGo } = storing(1);
    for (let n = 1; n <= 30; n += 1) await take(n);
    keeping.close();
    expect(sounds()).toHaveLength(30);
    expect(turns.some(({ record }) => record.letGo === true)).toBe(false);
    expect(letGo()).toBeUndefined();
  });

  it('stores what was said in a turn that never ended', () => {
    const { keeping, events } = storing(4);
    keeping.event('provider', { type: 'heard', hostAtMs: 1 });
    expect(events).toEqual([]);
    keeping.close();
    expect(events).toEqual([['provider', 'heard']]);
  });
});

/** Lets time pass, a second at a time, until it has come to something. */
async function passUntil<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  const passing = { isOver: false };
  const over = (): void => void (passing.isOver = true);
  work.then(over, over);
  await new Promise(setImmediate);
  while (!passing.isOver) {
    clock.advance(1_000);
    await new Promise(setImmediate);
  }
  return work;
}

describe('OldEvents', () => {
  const clock = new ManualClock(0);
  const stamp = { boot: 1, lineIndex: 0, hostAtMs: 0 };

  /** So many turns, each with a packet, a speech, a heap and a light. */
  function afterTurns(turns: number) {
    const [board, provider] = [new BoardLog(clock), new ProviderLog(clock)];
    const old = new OldEvents({ board, provider });
    board.add({ ...stamp, type: 'boot', resetCause: 'power on' });
    board.add({ ...stamp, type: 'session-ready' });
    provider.emit({ type: 'session-updated', tools: ['OpenDoor'] });
    for (let turn = 1; turn <= turns; turn += 1) {
      board.add({ ...stamp, type: 'heap', internalBytes: turn });
      board.add({ ...stamp, type: 'light', on: true });
      provider.emit({ type: 'speech-started', onsetAtStreamSample: turn });
      provider.emit({ type: 'response-started', responseId: `r${turn}`, trigger: 'client' });
      old.turnEnded();
    }
    return { board: board.events, provider: provider.events };
  }

  it('lets the events of all but the last turns go, and moves none', () => {
    const { board, provider } = afterTurns(40);
    expect([board.length, provider.length]).toEqual([82, 81]);
    const heaps = board.flatMap((event) => (event.type === 'heap' ? [event.internalBytes] : []));
    expect(heaps).toEqual([31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
    const started = provider.filter(({ type }) => type === 'speech-started');
    expect(started.map(({ seq }) => provider.at(seq))).toEqual(started);
    expect(started).toHaveLength(10);
    expect([[...board].length, [...provider].length]).toEqual([2 + 20, 1 + 20]);
  });

  it('keeps what was said once and holds on: boots, sessions, tools', () => {
    const { board, provider } = afterTurns(40);
    expect(board.slice(0, 2).map(({ type }) => type)).toEqual(['boot', 'session-ready']);
    expect(sessionState(board, 1)).toEqual({ session: 'ready' });
    expect(provider.at(0)).toMatchObject({ type: 'session-updated', tools: ['OpenDoor'] });
  });

  it('lets nothing go of ten turns', () => {
    const { board } = afterTurns(10);
    expect(board.filter(({ type }) => type === 'heap')).toHaveLength(10);
  });
});

describe('SoakClock', () => {
  const open = (changed: Partial<SoakPlan> = {}) => {
    const clock = new ManualClock();
    const events: BoardEvent[] = [];
    let samples = 0;
    const board = {
      name: 'korvo-1',
      events,
      sampleMemory: () => Promise.resolve(void (samples += 1)),
    };
    const soak = new SoakClock(clock, board, { ...plan, ...changed }, () => undefined);
    return { clock, events, soak, samples: () => samples };
  };

  it('rests as long as it is told, samples each minute, and says what is left', async () => {
    const { clock, soak, samples } = open({ playedMs: 100_000 });
    expect(await passUntil(clock, soak.rest(150_000))).toEqual({ elapsedMs: 250_000, leftMs: 350_000 });
    expect(samples()).toBe(3);
  });

  it('ends a rest with the soak', async () => {
    const { clock, soak } = open({ playedMs: 590_000 });
    expect(await passUntil(clock, soak.rest(60_000))).toEqual({ elapsedMs: 600_000, leftMs: 0 });
  });

  it('samples once in no rest at all', async () => {
    const { clock, soak, samples } = open();
    expect(await passUntil(clock, soak.rest(0))).toEqual({ elapsedMs: 0, leftMs: 600_000 });
    expect(samples()).toBe(1);
  });

  it('says so when the board restarts by itself', async () => {
    const { clock, events, soak } = open();
    const resting = soak.rest(60_000);
    clock.after(5_000, () =>
      events.push({
        type: 'boot',
        resetCause: 'task watchdog (0x7)',
        hostAtMs: 5_000,
        boot: 2,
        lineIndex: 7,
      }),
    );
    await expect(passUntil(clock, resting)).rejects.toMatchObject({
      code: 'HIL_BOARD_RESTARTED',
      message: 'Board korvo-1 restarted while it was left alone: task watchdog (0x7).',
    });
  });
});
