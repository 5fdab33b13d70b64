import { join } from 'node:path';
import type { Finding } from '../ports';
import { readRun, type FinishedRun } from '../run';
import { judgeRun } from '../verdict';
import { renderHtml, renderMarkdown } from '.';

const sample = readRun(join(__dirname, '../../fixtures/runs/sample'));

const signature = {
  id: 'b6e952c074b5',
  text: 'StoreProhibited in poke<int> < play_task',
  basis: 'functions',
};
const crash = (turnId: string): Finding => ({
  code: 'HIL_BOARD_PANIC',
  origin: 'board',
  message: `Board korvo-1 crashed. Crash ${signature.id}: ${signature.text}.`,
  hostAtMs: 0,
  turnId,
  facts: {
    triage: {
      signature,
      note: 'The board printed no SHA-256 of its ELF; app.elf is taken on trust.',
      backtraces: [
        {
          frames: [
            {
              pc: '0x42009a36',
              memory: 'flash-code',
              sources: [
                { function: 'poke<int>', file: 'main/a.c', line: 7 },
                { function: 'twice', file: 'main/a.c' },
              ],
            },
            { pc: '0x40056f5c', memory: 'rom', sources: [] },
            { pc: '0x00000000', sources: [] },
          ],
        },
      ],
    },
  },
});

const event = (kind: string, data: Record<string, unknown>) => ({ seq: 0, kind, hostAtMs: 0, data });

const findings = [crash('t001'), crash('t003')];
const verdict = judgeRun({ turns: sample.turns, findings, budgets: undefined, interrupted: false });
const crashed: FinishedRun = {
  ...sample,
  findings,
  verdict,
  events: [
    event('board', { type: 'complaint', text: 'The task watchdog was triggered.' }),
    event('board', { type: 'complaint', text: 'The task watchdog was triggered.' }),
    event('core-dump', {
      sizeBytes: 9_044,
      path: 'korvo-1/core-dumps/core-1.bin',
      problem: 'its CRC-32 is wrong',
    }),
  ],
};

describe('crashes in reports', () => {
  it('group in the verdict by signature, which the reason quotes', () => {
    expect(verdict.crashes).toEqual([
      { signature: signature.id, text: signature.text, count: 2, turnIds: ['t001', 't003'] },
    ]);
    expect(verdict.why).toContain(signature.id);
  });

  it('stand in the page once, with their frames, and what was printed beside them', () => {
    const page = renderHtml(crashed);
    expect(page.match(/data-signature="b6e952c074b5"/g)).toHaveLength(1);
    expect(page).toContain('twice, in turns t001, t003');
    expect(page).toContain('#0  0x42009a36  poke&lt;int&gt; at main/a.c:7 ← twice at main/a.c');
    expect(page).toContain('#1  0x40056f5c  ?? (ROM)');
    expect(page).toContain('#2  0x00000000  ?? (no code)');
    expect(page).toContain('app.elf is taken on trust');
    expect(page).toContain('The task watchdog warned twice; the board went on');
    expect(page).toMatch(/core dump of 9044 bytes is korvo-1\/core-dumps\/core-1.bin; .*its CRC-32 is wrong/);
  });

  it('stand in the summary as a table', () => {
    const summary = renderMarkdown(crashed);
    expect(summary).toContain('### Crashes');
    expect(summary).toContain(
      '| `b6e952c074b5` | StoreProhibited in poke&lt;int&gt; &lt; play\\_task | twice, in turns t001, t003 |',
    );
  });

  it('leave no trace in a run without any', () => {
    const none = { ...sample, findings: [], verdict: undefined, events: [] };
    expect(renderHtml(none)).not.toContain('<h2>Crashes</h2>');
    expect(renderMarkdown(none)).not.toContain('### Crashes');
  });
});
