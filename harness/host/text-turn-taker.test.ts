import { CrashWatch } from '../board';
import type { OpenBench } from '../bench';
import { BoardError } from '../errors';
import type { Measured, MeasuredTurn } from '../measurement';
import type { Finding, HostWindow, NetworkShape, ProviderFault, Scenario, Stall, WallClock } from '../ports';
import type { RunStore } from '../run';
import { judgeTurn, type JudgedTurn } from '../verdict/turn-outcome';
import { FakeBench, fakeClip } from '../turn/__fixtures__/fake-bench';
import { BenchHealth } from './bench-health';
import { FindingLog } from './finding-log';
import { TurnKeeping } from './turn-keeping';
import { TextSessions } from './text-sessions';
import { TextTurnTaker, type StandingOrders } from './text-turn-taker';

const weather = fakeClip('en-weather-a', 1_000);
const noOrders: StandingOrders = { faults: [], network: false };

/** A host's part for a board with these capabilities, on a fake bench. */
function open(
  bench: FakeBench,
  options: {
    readonly atBoot?: boolean;
    readonly orders?: StandingOrders;
    readonly fault?: ProviderFault;
    readonly wallClock?: WallClock;
  } = {},
) {
  const { board, provider, clock } = bench;
  const capabilities = options.atBoot === true ? ['text', 'asks-at-boot'] : ['text', 'console-input'];
  let starts = 0;
  Object.assign(board, {
    dialect: { capabilities },
    firmware: { project: 'fake' },
    startSession: () => {
      starts += 1;
      return Promise.resolve();
    },
  });
  const stored: MeasuredTurn[] = [];
  const found: Finding[] = [];
  const openBench = {
    board,
    crashes: new CrashWatch({ board, elf: undefined, clock }),
    provider,
    rig: undefined,
    corpus: { prompts: new Map([[weather.id, weather]]), replies: new Map() },
    scenario: {
      turns: [{ heard: ['en-weather'], calls: [], ...(options.fault && { fault: options.fault }) }],
    } as unknown as Scenario,
    breakNow: () => Promise.resolve(),
    close: () => Promise.resolve(),
  } satisfies OpenBench;
  const findings = new FindingLog(clock, (finding) => found.push(finding));
  const sessions = new TextSessions(openBench);
  const taker = new TextTurnTaker(
    openBench,
    { board, provider, clock, unixNowMs: options.wallClock ?? (() => 0) },
    { deadlineMs: 8_000, requestMs: 30_000, retakes: 2 },
    options.orders ?? noOrders,
    sessions,
    new TurnKeeping({ appendTurn: (turn: MeasuredTurn) => stored.push(turn) } as unknown as RunStore, 1),
    findings,
    new BenchHealth(openBench, () => undefined),
    [],
  );
  const ask = (promptId?: string, fault?: ProviderFault, network?: NetworkShape) =>
    bench.run(taker.ask(promptId, fault, network));
  return { ask, sessions, stored, found, starts: () => starts };
}

/** The provider answers and the board prints it, so long after each other from now on. */
function answersAt(bench: FakeBench, atMs: number): void {
  const prompt = weather.transcript;
  bench.at(atMs, () => bench.says({ type: 'request', responseId: 'r', prompt, stream: true }));
  bench.at(atMs + 10, () => bench.says({ type: 'text-out', responseId: 'r', text: 'Sunny', tokens: 1 }));
  bench.at(atMs + 20, () => bench.prints({ type: 'answer', text: 'Sunny', complete: true }));
}

describe('TextTurnTaker', () => {
  it('boots a board once and asks it question after question', async () => {
    const bench = new FakeBench();
    const { ask, stored, starts, found } = open(bench);
    for (const atMs of [200, 600]) {
      answersAt(bench, atMs);
      await ask('en-weather-a');
    }
    expect(starts()).toBe(1);
    expect(stored.map(({ record }) => [record.turnId, record.session, record.turnInSession])).toEqual([
      ['t0001', 1, 1],
      ['t0002', 1, 2],
    ]);
    expect(stored[0]?.measurement).toMatchObject({ kind: 'text', answer: 'Sunny' });
    expect(found).toEqual([]);
  });

  it('takes and measures turns alike while the wall clock steps an hour back and a day forth', async () => {
    const bench = new FakeBench();
    const begunUnixMs = Date.UTC(2026, 2, 29, 0, 59, 59);
    const steps = [0, -3_600_000, 86_400_000];
    const wallClock = (): number => begunUnixMs + (steps.shift() ?? NaN);
    const { ask, stored, found } = open(bench, { wallClock });
    for (const atMs of [200, 600, 1_000]) {
      const setUnixMs = begunUnixMs;
      bench.at(atMs - 20, () => bench.prints({ type: 'clock-set', unixMs: setUnixMs }));
      answersAt(bench, atMs);
      await ask('en-weather-a');
    }
    expect(steps).toEqual([]);
    expect(found).toEqual([]);
    const spans = stored.map(({ record }) => [record.startedAtHostMs, record.endedAtHostMs]);
    expect(spans.flat()).toEqual([...spans.flat()].sort((a, b) => a - b));
    for (const { measurement } of stored) {
      const { totalTime } = measurement.measures as { readonly totalTime: Measured };
      expect(totalTime.state === 'measured' && totalTime.valueMs).toBeLessThan(1_000);
    }
  });

  it('asks again when the provider stood still, and blames the bench where it does so each time', async () => {
    const bench = new FakeBench();
    const { ask, stored, found } = open(bench);
    let stalls = 1;
    Object.assign(bench.provider, {
      stalls: ({ fromHostAtMs }: HostWindow): Promise<readonly Stall[]> =>
        Promise.resolve(stalls-- > 0 ? [{ fromHostAtMs, lengthMs: 900 }] : []),
    });
    for (const atMs of [200, 600]) answersAt(bench, atMs);
    const { record, findings } = await ask('en-weather-a');
    expect([record.turnId, findings, found]).toEqual(['t0002', [], []]);
    expect(stored.map(({ record: each }) => each.turnId)).toEqual(['t0001', 't0002']);
    expect(judgeTurn(stored[0] as JudgedTurn, found).goodTake).toBe(false);
    expect(judgeTurn(stored[1] as JudgedTurn, found).outcome).toBe('pass');

    stalls = 3;
    for (const atMs of [1_000, 1_400, 1_800]) answersAt(bench, atMs);
    const { record: last } = await ask('en-weather-a');
    expect(last.turnId).toBe('t0005');
    expect(found).toMatchObject([{ code: 'HIL_TURN_BENCH_STALLED', origin: 'bench', turnId: 't0005' }]);
  });

  it('boots it again after a restart', async () => {
    const bench = new FakeBench();
    const { ask, stored, starts } = open(bench);
    answersAt(bench, 200);
    await ask('en-weather-a');
    bench.prints({ type: 'boot', resetCause: 'brownout (0xf)' });
    answersAt(bench, 600);
    await ask('en-weather-a');
    expect(starts()).toBe(2);
    expect(stored[1]?.record).toMatchObject({ session: 2, turnInSession: 1 });
  });

  it('says that what went wrong was ordered where the turn had a network of its own', async () => {
    const bench = new FakeBench();
    const { ask, stored } = open(bench);
    const network = { cut: { afterBytes: 0, how: 'reset' } } as const;
    for (const [atMs, of] of [
      [200, network],
      [600, undefined],
    ] as const) {
      answersAt(bench, atMs);
      await ask('en-weather-a', undefined, of);
    }
    expect(bench.scripts).toEqual([{ turnId: 't0001', network }, { turnId: 't0001' }, { turnId: 't0002' }]);
    expect(stored.map(({ record }) => record.kind === 'text' && record.ordered)).toEqual([
      'network',
      undefined,
    ]);
  });

  it('resets a board that asks by itself, once for each turn', async () => {
    const bench = new FakeBench();
    const { ask, stored, starts } = open(bench, { atBoot: true });
    for (const atMs of [200, 600]) {
      answersAt(bench, atMs);
      await ask();
    }
    expect(starts()).toBe(0);
    expect(stored.map(({ record }) => [record.session, record.turnInSession])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(stored[0]?.measurement).toMatchObject({ question: weather.transcript });
  });

  it('gives up on a board that does not come back, with the error of its first try', async () => {
    const bench = new FakeBench();
    const { ask } = open(bench, { atBoot: true });
    let resets = 0;
    Object.assign(bench.board, {
      reset: () => {
        resets += 1;
        return Promise.reject(new BoardError('HIL_BOARD_NO_BOOT', `try ${resets}`, {}));
      },
    });
    for (const message of ['try 1', 'try 2', 'try 1']) await expect(ask()).rejects.toThrow(message);
    expect(resets).toBe(2);
  });

  it('refuses a question that the board cannot be asked, before anything is done', async () => {
    const bench = new FakeBench();
    const typed = open(bench);
    await expect(typed.ask()).rejects.toMatchObject({ code: 'HIL_CONFIG_USAGE' });
    await expect(typed.ask('en-nothing')).rejects.toMatchObject({ code: 'HIL_CORPUS_UNKNOWN_CLIP' });
    await expect(open(new FakeBench(), { atBoot: true }).ask('en-weather-a')).rejects.toMatchObject({
      code: 'HIL_CONFIG_USAGE',
    });
    expect(bench.expectedTurns).toEqual([]);
  });

  it.each<[string, Parameters<typeof open>[1], ProviderFault | undefined, string]>([
    ['the turn', {}, 'rate-limit', 'rate-limit'],
    ['the scenario', { fault: 'too-long' }, undefined, 'too-long'],
    ['the bench file', { orders: { faults: ['bad-key'], network: false } }, undefined, 'bad-key'],
    ['the link', { orders: { faults: [], network: true } }, undefined, 'network'],
  ])('knows what %s ordered to go wrong', async (_, options, fault, ordered) => {
    const bench = new FakeBench();
    const { ask, stored, found } = open(bench, options);
    bench.at(200, () => bench.says({ type: 'error', code: 'x', message: 'no', httpStatus: 500 }));
    bench.at(220, () => bench.prints({ type: 'request-failed', status: 500, message: 'no' }));
    await ask('en-weather-a', fault);
    expect(stored[0]?.record).toMatchObject({ ordered });
    expect(found).toEqual([]);
  });

  it('records what the monitor found, once', async () => {
    const bench = new FakeBench();
    const { ask, found } = open(bench);
    bench.at(200, () => bench.says({ type: 'error', code: 'x', message: 'no', httpStatus: 500 }));
    bench.at(220, () => bench.prints({ type: 'request-failed', status: 500, message: 'no' }));
    const { findings } = await ask('en-weather-a');
    expect(findings.map(({ code }) => code)).toEqual(['HIL_TURN_PROVIDER_FAILED']);
    expect(found.map(({ code, origin }) => [code, origin])).toEqual([
      ['HIL_TURN_PROVIDER_FAILED', 'provider'],
    ]);
  });
});
