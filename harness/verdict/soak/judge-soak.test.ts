import type { SoakPlan } from '../../ports';
import { judgeRun } from '../judge-run';
import { defaultSoakBounds, findingsOfSoak, judgeSoak, lossesOf } from './judge-soak';
import type { JournalEvent } from './soak-series';

const MINUTE_MS = 60_000;
const BEGAN_MS = 5_000;
const plan: SoakPlan = {
  forMs: 100 * MINUTE_MS,
  playedMs: 0,
  pattern: 'steady',
  bounds: defaultSoakBounds,
  isBound: false,
  keepEvery: 20,
};

interface Told {
  readonly turns?: number;
  readonly leakBytes?: number;
  /** Turns before which the board boots; what it had leaked is free again. */
  readonly boots?: readonly number[];
  readonly samples?: boolean;
}

/** A turn a minute, the heap after each. */
function journal({ turns = 100, leakBytes = 0, boots = [0], samples = true }: Told = {}): JournalEvent[] {
  let boot = 0;
  let leaked = 0;
  return Array.from({ length: turns }, (_, turn): JournalEvent[] => {
    const hostAtMs = BEGAN_MS + turn * MINUTE_MS;
    const board = (data: object): JournalEvent => ({ kind: 'board', hostAtMs, data: { boot, ...data } });
    const began = boots.includes(turn);
    if (began) [boot, leaked] = [boot + 1, 0];
    leaked += leakBytes;
    return [
      ...(began ? [board({ type: 'boot', resetCause: 'power on' }), board({ type: 'session-ready' })] : []),
      { kind: 'turn', hostAtMs, data: { turnId: `t${turn}` } },
      ...(samples
        ? [
            board({ type: 'heap', internalBytes: 196_604 - leaked, psramBytes: 7_926_852 }),
            board({ type: 'tasks', tasks: [{ name: 'IDLE0', percent: 80, leastFreeStack: 900 }] }),
          ]
        : []),
    ];
  }).flat();
}

const judged = (told: Told, changed: Partial<SoakPlan> = {}) =>
  judgeSoak(
    { plan: { ...plan, ...changed }, startedAtHostMs: BEGAN_MS, elapsedMs: 6_000, events: journal(told) },
    [],
  );

describe('judgeSoak', () => {
  it('finds a leak, names it and says how large it is per hour and per turn', () => {
    const soak = judged(
      { leakBytes: 512 },
      { bounds: { internal: { bytesPerHour: 1_024, bytesPerTurn: 64 }, psram: {} } },
    );
    expect(lossesOf(soak).map(({ per, outcome, loss }) => [per, outcome, loss?.value])).toEqual([
      ['hour', 'fail', 30_720],
      ['turn', 'fail', 512],
    ]);
    const [finding] = findingsOfSoak(soak, 1);
    expect(finding).toMatchObject({ code: 'HIL_BOARD_LEAK', origin: 'board', facts: { memory: 'internal' } });
    expect(finding?.message).toBe(
      'Free internal RAM shrinks by 30720 bytes per hour (95 % interval 30720 to 30720, 90 samples); 1024 bytes per hour matter.',
    );
  });

  it('passes a board that keeps its heap, and blames it for nothing', () => {
    const soak = judged({});
    expect(lossesOf(soak).map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
    expect(findingsOfSoak(soak, 1)).toEqual([]);
    expect(soak.counts).toEqual({ turns: 100, sessions: 0, boots: 1, unorderedBoots: 0 });
    expect(soak.elapsedMs).toBe(6_000);
  });

  it('sees a leak through boots that give everything back', () => {
    const soak = judged({ leakBytes: 512, boots: [0, 30, 60] });
    expect(lossesOf(soak)[0]).toMatchObject({ outcome: 'fail', loss: { value: 30_720 } });
  });

  it('leaves the first tenth out, and the first five turns of each boot', () => {
    const [internal] = judged({ boots: [0, 50] }).trends;
    expect([internal?.samples, internal?.used]).toEqual([100, 86]);
    // A soak of a day is warm after a quarter of an hour.
    expect(judged({}, { forMs: 1_440 * MINUTE_MS }).trends[0]?.used).toBe(85);
  });

  it('says of a board that prints no heap that nothing can be said, unless somebody asked', () => {
    expect(lossesOf(judged({ samples: false })).map(({ outcome, why }) => [outcome, why])).toEqual([
      ['not-judged', 'Free internal RAM: the firmware printed no sample.'],
      ['not-judged', 'Free PSRAM: the firmware printed no sample.'],
    ]);
    expect(lossesOf(judged({ samples: false }, { isBound: true })).map(({ outcome }) => outcome)).toEqual([
      'inconclusive',
      'inconclusive',
    ]);
  });

  it('is inconclusive where the samples are too few, and says how many are needed', () => {
    const [loss] = lossesOf(judged({ turns: 29, leakBytes: 512 }));
    expect(loss).toMatchObject({
      outcome: 'inconclusive',
      why: 'Free internal RAM: 19 samples behind the warm-up, 20 are needed; 1024 bytes per hour matter.',
    });
    expect(lossesOf(judged({ turns: 30, leakBytes: 512 }))[0]).toMatchObject({ outcome: 'fail' });
  });

  it('takes the bounds of a budgets file in place of those it was begun with', () => {
    const soak = judgeSoak(
      { plan, startedAtHostMs: BEGAN_MS, elapsedMs: 6_000, events: journal({ leakBytes: 512 }) },
      [],
      {
        internal: { bytesPerTurn: 1_000 },
        psram: {},
      },
    );
    expect(lossesOf(soak).map(({ per, outcome }) => [per, outcome])).toEqual([['turn', 'pass']]);
  });
});

describe('bounds of the command line', () => {
  it('stay whatever a budgets file says of the internal RAM, which has the rest', () => {
    const commanded: SoakPlan = {
      ...plan,
      bounds: { ...defaultSoakBounds, internal: { bytesPerHour: 512 } },
      isBound: true,
      isCommanded: true,
    };
    const soak = judgeSoak(
      { plan: commanded, startedAtHostMs: BEGAN_MS, elapsedMs: 6_000, events: journal({ leakBytes: 64 }) },
      [],
      { internal: { bytesPerHour: 8_192 }, psram: { bytesPerHour: 99 } },
    );
    expect(lossesOf(soak).map(({ bound, outcome }) => [bound, outcome])).toEqual([
      [512, 'fail'],
      [99, 'pass'],
    ]);
  });
});

describe('judgeRun of a soak', () => {
  const run = (events: readonly JournalEvent[]) =>
    judgeRun({
      turns: [],
      findings: [],
      budgets: undefined,
      interrupted: false,
      soak: { plan, startedAtHostMs: BEGAN_MS, elapsedMs: 6_000, events },
    });

  it('fails the board for a leak and says so', () => {
    const { exitCode, why, findings } = run(journal({ leakBytes: 512 }));
    expect(exitCode).toBe(1);
    expect(why).toContain('shrinks by 30720 bytes per hour');
    expect(findings.map(({ code }) => code)).toEqual(['HIL_BOARD_LEAK']);
  });

  it('says that a longer soak is needed', () => {
    const { exitCode } = run(journal({ turns: 20 }));
    expect(exitCode).toBe(5);
  });
});
