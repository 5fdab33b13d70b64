import pc from 'picocolors';
import type { TurnProgress } from '../host';
import { Progress } from './progress';

const plain = pc.createColors(false);

const turn = (over: Partial<TurnProgress> = {}): TurnProgress => ({
  turnId: 't0001',
  promptId: 'en-light-on-a',
  heard: 'en-light-on',
  calls: [{ name: 'SetLightState', arguments: { LightState: true } }],
  voiceToVoice: { state: 'measured', valueMs: 612.34, uncertaintyMs: 0.0031 },
  findings: [],
  ...over,
});

const shown = (
  columns: number | undefined,
  act: (progress: Progress) => void,
  boards: readonly string[] = [],
): string => {
  let text = '';
  act(new Progress({ write: (part) => (text += part), columns }, plain, boards));
  return text;
};

describe('Progress', () => {
  it('writes plain lines where nothing can be replaced, and no status', () => {
    const text = shown(undefined, (progress) => {
      progress.take({ type: 'activity', text: 'opening bench virtual' });
      progress.take({ type: 'turn', turn: turn() });
    });
    expect(text).toMatch(/^ {2}t0001 {2}en-light-on-a.*612\.3 ± 0\.003 ms.*SetLightState.*ok\n$/);
    expect(text).not.toContain('\u001b');
  });

  it('shows a turn in writing with its question and its answer', () => {
    const text = shown(undefined, (progress) => {
      progress.take({
        type: 'turn',
        turn: {
          kind: 'text',
          turnId: 't0002',
          promptId: undefined,
          answer: '今天\n\u001b[2J晴朗',
          questionToAnswer: { state: 'censored', aboveMs: 8_000, reason: 'no-answer' },
          findings: [],
        },
      });
    });
    expect(text).toMatch(/^ {2}t0002 {2}own question +question to answer > 8000 ms +今天 \[2J晴朗 +ok\n$/);
  });

  it('keeps one status line at the bottom of a terminal, cut to its width', () => {
    const text = shown(20, (progress) => {
      progress.take({ type: 'activity', text: 'a'.repeat(50) });
      progress.line('done');
    });
    expect(text.split('\r\u001b[2K')).toEqual(['', `… ${'a'.repeat(17)}`, `done\n… ${'a'.repeat(17)}`]);
  });

  it('shows why a turn has no number and what was found', () => {
    const finding = {
      code: 'HIL_TURN_MICROPHONE_SILENT',
      origin: 'board',
      message: 'silent',
      facts: {},
      hostAtMs: 0,
    } as const;
    const censored = turn({
      voiceToVoice: { state: 'censored', aboveMs: 2499.7512, reason: 'not-heard' },
      findings: [finding],
    });
    expect(shown(undefined, (progress) => progress.take({ type: 'turn', turn: censored }))).toMatch(
      /> 2500 ms.*HIL_TURN_MICROPHONE_SILENT/,
    );
  });

  it('shows the first sentence of what failed in a test', () => {
    const test = {
      schema: 'earshot/test@1',
      file: 'x.hil.ts',
      name: ['function calls', 'turns the light on'],
      status: 'failed',
      durationMs: 1,
      failures: ['ExpectationError: The board did not execute SetLightState.\n    at x.hil.ts:3'],
      turnIds: [],
    } as const;
    expect(shown(undefined, (progress) => progress.take({ type: 'test', test }))).toBe(
      '✗ function calls › turns the light on\n    The board did not execute SetLightState.\n',
    );
  });

  it('begins each line of several boards with the board that it is of', () => {
    const text = shown(
      undefined,
      (progress) => {
        progress.take({ type: 'turn', turn: turn() }, 'a');
        progress.line('No sound.\n  code    HIL_BENCH_PREFLIGHT', 'korvo');
      },
      ['a', 'korvo'],
    );
    expect(text).toMatch(/^a {7}t0001 .*\nkorvo No sound\.\nkorvo {3}code {4}HIL_BENCH_PREFLIGHT\n$/);
  });

  it('shows on a terminal what each board is doing, until it is done', () => {
    const text = shown(
      40,
      (progress) => {
        progress.take({ type: 'activity', text: 'opening bench far' }, 'a');
        progress.take({ type: 'activity', text: 'session 1' }, 'b');
        progress.done('a');
      },
      ['a', 'b'],
    );
    expect(text.split('\r\u001b[2K').slice(1)).toEqual([
      '… a: opening bench far',
      '… a: opening benc │ b: session 1',
      '… b: session 1',
    ]);
  });
});
