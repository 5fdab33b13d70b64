import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../errors';
import { packageRoot } from '../../config';
import type { FaultRow, RowResult } from './fault-row';
import { judgeRow, type RowSeen } from './judge-row';
import { faultMatrix } from './matrix';
import { reliabilityPage } from './page';
import { runMatrix, type MatrixOptions } from './run-matrix';
import { RowQueues } from './row-queues';
import { tableText } from './table';
import { isTestRow, testResults, testsOf } from './test-rows';

const row: FaultRow = {
  id: 'dead-mic',
  part: 'board',
  what: 'is deaf',
  cause: { by: 'board', bench: 'voice', fault: 'dead-mic', act: [{ do: 'session' }] },
  withinMs: 1_000,
  origin: 'board',
  codes: ['HIL_TURN_MICROPHONE_SILENT', ['HIL_TURN_MISHEARD', 'HIL_TURN_UNHEARD']],
  says: 'silent',
  turn: 'fail',
  exitCode: 1,
  evidence: {},
  recovery: 'none',
};
const found = (code: RowSeen['findings'][number]['code'], hostAtMs: number, message = 'silent') => ({
  code,
  origin: catalogue[code].origin,
  message,
  hostAtMs,
});
const seen: RowSeen = {
  beganAtMs: 100,
  endedAtMs: 3_000,
  findings: [found('HIL_TURN_MICROPHONE_SILENT', 1_100), found('HIL_TURN_MISHEARD', 1_200)],
  turns: ['pass', 'fail'],
  exitCode: 1,
  retaken: 0,
  missing: [],
  next: { good: true, tookMs: 7 },
};
const wrongOf = (changed: Partial<RowSeen>, of: Partial<FaultRow> = {}): readonly string[] =>
  judgeRow({ ...row, ...of }, { ...seen, ...changed }).wrong;

describe('judging a row', () => {
  it('is content with what the row says, and times it from the beginning of what was done', () => {
    expect(judgeRow(row, seen)).toMatchObject({ ok: true, wrong: [], detectedMs: 1_000, recoveredMs: 7 });
  });

  it.each<[string, Partial<RowSeen>, RegExp]>([
    ['a finding too late', { beganAtMs: 99 }, /after 1001 ms, not within 1000/],
    ['a missing finding', { findings: [found('HIL_TURN_MISHEARD', 200)] }, /no finding HIL_TURN_MICROPHONE/],
    [
      'a finding too many, and its origin',
      { findings: [...seen.findings, found('HIL_RIG_LAGGED', 1_100)] },
      /a finding HIL_RIG_LAGGED; bench is blamed, not board/,
    ],
    ['other words', { findings: seen.findings.map((one) => ({ ...one, message: 'x' })) }, /\/silent\//],
    ['another turn', { turns: ['not-judged', 'pass'] }, /the turn is not-judged, not fail/],
    ['no turn', { turns: [] }, /the turn is none/],
    ['another exit code', { exitCode: 3 }, /exit code 3, not 1/],
    ['lost evidence', { missing: ['capture'] }, /no capture/],
    ['something thrown that is no finding', { thrown: 'threw up' }, /threw up/],
    ['a bad turn afterwards', { next: { good: false, tookMs: 1, why: 'deaf' } }, /next turn .*: deaf/],
  ])('complains of %s', (_, changed, complaint) => {
    expect(wrongOf(changed).join('; ')).toMatch(complaint);
  });

  it('is content with nothing where chance decides, and with nothing else', () => {
    const nothing = { findings: [], turns: ['pass'] as const, exitCode: 0 as const };
    expect(wrongOf(nothing, { mayBeBorne: true, withinMs: 2_900 })).toEqual([]);
    expect(wrongOf({ ...nothing, turns: ['fail'], exitCode: 1 }, { mayBeBorne: true }).join('; ')).toMatch(
      /the turn is fail, not pass; exit code 1, not 0/,
    );
    expect(wrongOf({}, { mayBeBorne: true })).toEqual([]);
    expect(wrongOf(nothing)).not.toEqual([]);
  });

  it('gives each take that was repeated the time of a row', () => {
    expect(wrongOf({ beganAtMs: 99, retaken: 1 })).toEqual([]);
    expect(wrongOf({ beganAtMs: -901, retaken: 1 }).join()).toMatch(/after 2001 ms, not within 2000/);
  });

  it('wants a take repeated where the row says so, and minds none elsewhere', () => {
    expect(wrongOf({}, { retaken: true })).toEqual(['no take was repeated']);
    expect([wrongOf({ retaken: 1 }, { retaken: true }), wrongOf({ retaken: 2 })]).toEqual([[], []]);
  });

  it('takes the end of a fault that is borne, and no finding for the end of one that is not', () => {
    const borne = { origin: undefined, codes: [], turn: 'pass', exitCode: 0 } as const;
    const { says, ...silent } = row;
    expect(says).toBe('silent');
    const nothing = { ...seen, findings: [], turns: ['pass'] as const, exitCode: 0 as const };
    expect(judgeRow({ ...silent, ...borne, withinMs: 2_900 }, nothing)).toMatchObject({
      ok: true,
      detectedMs: 2_900,
    });
    expect(judgeRow(row, nothing).detectedMs).toBeUndefined();
  });
});

const result = (id: string, changed: Partial<RowResult> = {}): RowResult => ({
  ...judgeRow(row, seen),
  id,
  ms: 1,
  ...changed,
});
const rowOf = (id: string, bench: 'voice' | 'call', withinMs = 1_000): FaultRow => ({
  ...row,
  id,
  withinMs,
  cause: { by: 'board', bench, fault: 'dead-mic', act: [] },
});

describe('the queues of rows', () => {
  it('have the longest rows first, each for its bench, and open benches where most wait', () => {
    const rows = [1, 2, 3, 4, 5, 6].map((n) => rowOf(`v${n}`, 'voice', n === 5 ? 9_000 : 1_000));
    const queues = new RowQueues([...rows, rowOf('c1', 'call'), rowOf('c2', 'call')]);
    // Three rows are worth a second bench, two are not.
    expect([1, 2, 3, 4].map(() => queues.benchToOpen())).toEqual(['voice', 'call', 'voice', undefined]);
    expect([queues.next('voice')?.id, queues.next('voice')?.id, queues.next('call')?.id]).toEqual([
      'v5',
      'v1',
      'c1',
    ]);
    queues.closed('call');
    expect([queues.benchToOpen(), queues.next('call')?.id, queues.next('call')]).toEqual([
      'call',
      'c2',
      undefined,
    ]);
  });

  it('put a row back that the machine spoilt, twice at most, and no other', () => {
    const one = rowOf('one', 'voice');
    const stalled = result('one', { ok: false, codes: ['HIL_TURN_BENCH_STALLED'] });
    const queues = new RowQueues([one]);
    expect(queues.next('voice')).toBe(one);
    expect(queues.again(one, { ...stalled, codes: ['HIL_BOARD_PANIC'] })).toBe(false);
    expect([queues.again(one, stalled), queues.next('voice')]).toEqual([true, one]);
    expect([queues.again(one, stalled), queues.next('voice')]).toEqual([false, undefined]);
    const expecting = { ...one, codes: ['HIL_TURN_BENCH_STALLED'] as const };
    expect(new RowQueues([expecting]).again(expecting, stalled)).toBe(false);
    expect(new RowQueues([one]).again(one, { ...stalled, ok: true })).toBe(false);
  });

  it('are run to their ends whatever happens to benches', async () => {
    const rows = ['dies', 'b', 'c', 'spoilt'].map((id) => rowOf(id, 'voice'));
    const did: string[] = [];
    let opened = 0;
    const options: MatrixOptions = {
      ...{
        rows: [...rows, rowOf('x', 'call'), rowOf('y', 'call')],
        lanes: 1,
        program: '',
        fixtures: '',
        folder: 'f',
      },
      onRow: ({ id, ok }) => did.push(`${id} ${ok ? 'ok' : 'broken'}`),
      open: ({ bench, folder }) => {
        opened += 1;
        if (bench === 'call' && opened < 6) return Promise.reject(new Error('no bench'));
        did.push(`opens ${folder}`);
        return Promise.resolve({
          run: (id) => {
            if (id === 'dies') return Promise.reject(new Error('it hung for 90 s'));
            if (id === 'spoilt' && !did.includes('spoils')) {
              did.push('spoils');
              return Promise.resolve(result(id, { ok: false, codes: ['HIL_RIG_LAGGED'] }));
            }
            return Promise.resolve(result(id));
          },
          close: () => Promise.resolve(void did.push('closes')),
        });
      },
    };
    const results = await runMatrix(options);
    expect(results.map(({ id, wrong }) => `${id}: ${wrong.join()}`)).toEqual([
      'dies: it hung for 90 s',
      'b: ',
      'c: ',
      'spoilt: ',
      'x: no bench',
      'y: ',
    ]);
    expect(did).toEqual([
      ...['opens f/voice-1', 'dies broken', 'closes', 'opens f/voice-2'],
      ...['b ok', 'c ok', 'spoils', 'spoilt ok', 'closes'],
      ...['x broken', 'opens f/call-6', 'y ok', 'closes'],
    ]);
  });
});

describe('the matrix', () => {
  it('names each row once, blames those whose codes it wants, and matches with patterns that are some', () => {
    expect(new Set(faultMatrix.map(({ id }) => id)).size).toBe(faultMatrix.length);
    for (const { id, codes, origin, says = '', evidence } of faultMatrix) {
      // Who is blamed is blamed by a finding.
      const origins = new Set(codes.flat().map((code) => catalogue[code].origin));
      if (codes.length > 0) expect({ id, origins: [...origins] }).toEqual({ id, origins: [origin] });
      expect(() => [new RegExp(says), new RegExp(evidence.console ?? '')]).not.toThrow();
    }
  });

  it('has the exit code of whom it blames', () => {
    const exits = { board: 1, bench: 3, harness: 3, provider: 4, config: 2 };
    for (const { id, origin, exitCode, cause } of faultMatrix) {
      if (cause.by === 'test' || exitCode === 130) continue;
      const expected: readonly number[] = origin === undefined ? [0, 5] : [exits[origin]];
      expect({ id, right: expected.includes(exitCode) }).toEqual({ id, right: true });
    }
  });

  it('names tests that are there', () => {
    for (const { cause } of faultMatrix) {
      if (cause.by !== 'test') continue;
      const path = join(packageRoot(), cause.file);
      expect({ path, there: existsSync(path) }).toEqual({ path, there: true });
      expect({ path, has: readFileSync(path, 'utf8').includes(cause.name) }).toEqual({ path, has: true });
    }
  });

  it('is told in docs/reliability.md as it is', () => {
    // `node scripts/list-faults.mjs` writes it; a formatter may have moved its columns.
    const squeezed = (text: string): string =>
      text
        .replaceAll(/ {2,}|-{3,}/g, ' ')
        .replaceAll(/ +/g, ' ')
        .trim();
    const page = readFileSync(join(packageRoot(), 'docs/reliability.md'), 'utf8');
    for (const line of reliabilityPage(faultMatrix).split('\n'))
      expect(squeezed(page)).toContain(squeezed(line));
  });

  it('takes a test for its row that passed, and none that was skipped or not run', () => {
    const tested = faultMatrix.filter(isTestRow).slice(0, 3);
    const [passed, skipped] = tested;
    const assertion = ({ cause }: (typeof tested)[number], status: string) => ({
      name: `/x/${cause.file}`,
      assertionResults: [{ title: cause.name, status, duration: 5 }],
    });
    const reports = [{ testResults: [assertion(passed!, 'passed'), assertion(skipped!, 'pending')] }];
    expect(testResults(tested, reports).map(({ ok, wrong, ms }) => ({ ok, wrong, ms }))).toEqual([
      { ok: true, wrong: [], ms: 5 },
      ...tested.slice(1).map(({ cause }) => ({ ok: false, wrong: [`${cause.file} was not run`], ms: 0 })),
    ]);
    expect(new RegExp(testsOf(tested).pattern).test(`reattach ${passed?.cause.name}`)).toBe(true);
  });

  it('prints what is wrong below its table', () => {
    const result = { ...judgeRow(row, { ...seen, exitCode: 3 }), ms: 12 };
    expect(tableText([row], [result])).toMatch(
      /board +dead-mic +1000 ms +board +fail, exit 3 +7 +12 +WRONG\n\ndead-mic: exit code 3, not 1\n +it said: silent$/,
    );
  });
});
