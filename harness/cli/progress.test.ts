import pc from 'picocolors';
import type { TurnProgress } from '../host';
import type { SoakPlan } from '../ports';
import { Progress } from './progress';
import { durationInWords, SoakProgress } from './soak-progress';

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

describe('SoakProgress', () => {
  const plan: SoakPlan = {
    forMs: 2 * 3_600_000,
    playedMs: 0,
    pattern: 'steady',
    bounds: { internal: {}, psram: {} },
    isBound: false,
    keepEvery: 20,
  };
  const soak = new SoakProgress(plan, () => new Date('2026-11-22T12:00:00').getTime());

  it('says how much of a soak is over and when it ends, and tells a log now and then', () => {
    soak.take({ type: 'turn', turn: turn() }, 0);
    expect(soak.take({ type: 'rested', elapsedMs: 1_800_000, leftMs: 5_400_000 }, 1_000)).toEqual({
      text: 'soak: 30 min of 2 h (25 %), 1 turn, ends at 13:30',
      isDue: true,
    });
    const next = { type: 'rested', elapsedMs: 1_860_000, leftMs: 5_340_000 } as const;
    expect(soak.take(next, 300_999)?.isDue).toBe(false);
    expect(soak.take(next, 301_000)?.isDue).toBe(true);
  });

  it('says nothing of rests in other runs', () => {
    expect(soak.take({ type: 'rested', elapsedMs: 1 }, 0)).toBeUndefined();
  });

  it.each([
    [40_000, '40 s'],
    [90_000, '2 min'],
    [3_600_000, '1 h'],
    [29_100_000, '8 h 5 min'],
  ])('has %d ms in words', (ms, words) => expect(durationInWords(ms)).toBe(words));
});
