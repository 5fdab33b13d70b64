import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardsInQuarantine, liftQuarantine, putInQuarantine, type QuarantinedBoard } from './quarantine';

const folder = join(mkdtempSync(join(tmpdir(), 'earshot-quarantine-')), 'not', 'there');
const board = (over: Partial<QuarantinedBoard> = {}): QuarantinedBoard => ({
  schema: 'earshot/quarantine@1',
  board: 'korvo-1',
  bench: '/lab/bench.yaml',
  model: 'Korvo',
  reason: 'heard nothing.',
  since: '2026-11-22T02:00:00Z',
  runPath: '/runs/a',
  ...over,
});

it('keeps a board, by name and bench, with its first reason, until it is lifted', () => {
  expect(boardsInQuarantine(folder)).toEqual([]);
  putInQuarantine(board(), folder);
  putInQuarantine(board({ reason: 'another one.' }), folder);
  const elsewhere = board({ bench: '/desk/bench.yaml', since: '2026-11-21T02:00:00Z' });
  putInQuarantine(elsewhere, folder);
  writeFileSync(join(folder, 'torn.json'), '{"schema":"earshot/quar');
  expect(boardsInQuarantine(folder)).toEqual([elsewhere, board()]);
  liftQuarantine(board(), folder);
  liftQuarantine(board(), folder);
  expect(boardsInQuarantine(folder)).toEqual([elsewhere]);
});
