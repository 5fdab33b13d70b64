import { join } from 'node:path';
import type { BootSession } from '../ports';
import { readRun, type FinishedRun } from '../run';
import { renderHtml, renderMarkdown } from '.';

const sample = readRun(join(__dirname, '../../fixtures/runs/sample'));
const boot: BootSession = {
  boot: 1,
  startedBy: 'ordered',
  resetCause: 'power on (0x1)',
  startedAtHostMs: 10,
  firstLine: 0,
  lastLine: 80,
  endedAtHostMs: 5_000,
  endedBy: 'crash',
  milestones: [{ milestone: 'app', afterMs: 983.2 }],
  crashes: 1,
  watchdogWarnings: 0,
};
const eventOf = (session: BootSession) => ({
  schema: 'earshot/event@1',
  seq: session.boot,
  kind: 'board',
  hostAtMs: session.startedAtHostMs,
  data: { type: 'boot-ended', session },
});
const looping = Array.from({ length: 60 }, (_, index): BootSession => ({
  ...boot,
  boot: index + 2,
  startedBy: 'watchdog',
  resetCause: 'RTC watchdog, whole chip (0x10)',
  endedBy: 'watchdog',
  milestones: [],
  crashes: 0,
}));
const withBoots = (boots: readonly BootSession[]): FinishedRun => ({
  ...sample,
  events: [...sample.events, ...boots.map(eventOf)],
});

describe('boots in reports', () => {
  it('stand in page and summary with why each began, how long it took and what ended it', () => {
    const run = withBoots([
      boot,
      { ...boot, boot: 2, startedBy: 'crash', endedBy: 'closed', crashes: 0, orderedCrashes: 1 },
    ]);
    expect(renderHtml(run)).toContain('2 boots, 1 by the bench');
    const summary = renderMarkdown(run);
    expect(summary).toMatch(/\| 1 \| the bench \| power on \(0x1\) \| 983\.?\d* ms \| a crash \| 1 \|/);
    expect(summary).toMatch(/\| 2 \| a crash \| .* \| end of the run \| 1 ordered \|/);
  });

  it('of a loop fill no page', () => {
    const summary = renderMarkdown(withBoots([boot, ...looping]));
    expect(summary).toContain('61 boots, 1 by the bench; the first 50 are shown');
    expect(summary.match(/\| a watchdog \|/g)?.length).toBeLessThanOrEqual(100);
  });

  it('leave no trace in a run that recorded none', () => {
    expect(renderHtml(sample)).not.toContain('<h2>Boots</h2>');
    expect(renderMarkdown(sample)).not.toContain(' by the bench');
  });
});
