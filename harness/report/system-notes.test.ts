import { join } from 'node:path';
import { readRun, type FinishedRun } from '../run';
import { systemNotes } from './system-notes';
import { renderHtml, renderMarkdown } from '.';

const sample = readRun(join(__dirname, '../../fixtures/runs/sample'));
const withEvents = (...all: readonly object[]): FinishedRun =>
  ({
    ...sample,
    events: all.map((data, seq) => ({ schema: 'earshot/event@1', seq, kind: 'board', hostAtMs: seq, data })),
  }) as unknown as FinishedRun;
const idle = (core: number, percent: number) => ({ name: `IDLE${core}`, percent, leastFreeStack: 1000 });

describe('heap and load in reports', () => {
  it('are first, last and least, of all samples', () => {
    const run = withEvents(
      { type: 'heap', internalBytes: 200_000, psramBytes: 1 },
      { type: 'heap', internalBytes: 180_000, leastInternalBytes: 150_000 },
      { type: 'heap', internalBytes: 190_000 },
      { type: 'tasks', tasks: [idle(0, 61), idle(1, 83)] },
      { type: 'tasks', tasks: [idle(0, 70), { name: 'audio_tx', percent: 9, leastFreeStack: 204 }] },
    );
    expect(systemNotes(run)).toEqual([
      'Free internal RAM over 3 samples: 200000 bytes at first, 190000 at last, 150000 at least.',
      'Idle at least: core 0 61 %, core 1 83 %.',
      'Tightest stack: 204 bytes of task audio_tx were never used.',
    ]);
    expect(renderMarkdown(run)).toContain('150000 at least');
  });

  it('are nothing of a run that printed none', () => {
    expect(systemNotes(withEvents())).toEqual([]);
  });
});

it('a board in quarantine is named, with why', () => {
  const quarantined = [{ board: 'korvo-2', reason: 'heard nothing.', since: '2026-11-22T02:00:00Z' }];
  const run = { ...sample, record: { ...sample.record, quarantined } };
  const said = 'Board korvo-2 is in quarantine since 2026-11-22 and judges nothing: it heard nothing.';
  expect(renderMarkdown(run).replaceAll('\\', '')).toContain(said);
  expect(renderHtml(run, {})).toContain('heard nothing.');
});
