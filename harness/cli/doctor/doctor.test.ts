import pc from 'picocolors';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allChecks, type CheckReport } from '../../bench';
import { packageRoot } from '../../config';
import type { Origin } from '../../errors';
import { exitCodeOfChecks } from './exit-code';
import { InOrder } from './in-order';
import { renderCheck, renderSummary } from './render';

const plain = pc.createColors(false);
const base = { title: 'disk', group: 'host', expected: 'there is room', tookMs: 1 } as const;
const okReport: CheckReport = { ...base, id: 'disk', state: 'ok', seen: '8 GiB free' };
const failed = (origin: Origin, id = 'lock', state: 'warn' | 'fail' = 'fail'): CheckReport => ({
  ...base,
  id,
  state,
  seen: 'process 4711 (picocom) has /dev/ttyUSB0',
  expected: 'no other program has the serial port open',
  remedy: 'Close picocom (process 4711).',
  origin,
});

describe('a check in lines', () => {
  it('is one line where all is well', () => {
    expect(renderCheck(okReport, plain)).toBe('  ok       disk           8 GiB free\n');
    expect(renderCheck({ ...base, id: 'reset', state: 'skipped', seen: 'it interrupts' }, plain)).toBe(
      '  skipped  reset          it interrupts\n',
    );
  });

  it('says what was seen, what was expected and what to do', () => {
    expect(renderCheck(failed('bench'), plain)).toBe(
      [
        '  fail     lock           process 4711 (picocom) has /dev/ttyUSB0',
        '           expected       no other program has the serial port open',
        '           remedy         Close picocom (process 4711).',
        '',
      ].join('\n'),
    );
  });
});

describe('the summary', () => {
  it('says whether the bench is ready, and what failed', () => {
    expect(renderSummary([okReport], 1_234)).toBe('The bench is ready: 1 ok, in 1.2 s.\n');
    const warned = failed('bench', 'console', 'warn');
    expect(renderSummary([okReport, warned, failed('bench')], 900)).toBe(
      'The bench is not ready: lock failed; 1 ok, 1 warning, in 0.9 s.\n',
    );
  });
});

describe('the exit code', () => {
  it.each<[readonly CheckReport[], number]>([
    [[okReport], 0],
    [[okReport, failed('bench', 'lock', 'warn')], 0],
    [[failed('bench')], 3],
    [[failed('harness')], 3],
    [[failed('config'), failed('bench')], 2],
    [[failed('provider')], 4],
    [[failed('provider'), failed('bench')], 3],
    // A bench that is wrong accuses nobody.
    [[failed('board'), failed('bench')], 3],
    [[failed('board')], 1],
  ])('of %j is %i', (reports, exitCode) => expect(exitCodeOfChecks(reports)).toBe(exitCode));
});

it('tells checks in the order of the list, whatever order they end in', () => {
  const told: string[] = [];
  const inOrder = new InOrder<{ id: string }>(['a', 'b', 'c'], ({ id }) => told.push(id));
  inOrder.take({ id: 'c' });
  inOrder.take({ id: 'b' });
  expect(told).toEqual([]);
  inOrder.take({ id: 'a' });
  expect(told).toEqual(['a', 'b', 'c']);
});

describe('docs/doctor.md', () => {
  it('has every check with what it expects and its remedy, as the code has them', () => {
    const page = readFileSync(join(packageRoot(), 'docs/doctor.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (\w+) +\| (.+?) +\| (.+?) +\|$/gm)].map((row) =>
      row.slice(1),
    );
    expect(rows).toEqual(allChecks.map(({ id, group, expected, remedy }) => [id, group, expected, remedy]));
  });
});
