import type { Estimate } from '../methods/method';
import { conditions, type Condition } from './conditions';
import { accuracyReport } from './report';
import { accuracyTable } from './table';
import { targetsOf, type Trials } from './targets';
import type { CaseResult } from './try-case';

const named = (name: string): Condition => conditions.find((one) => one.name === name)!;
const turns = (condition: string, estimates: readonly Estimate[]): CaseResult[] =>
  estimates.map((known, index) => ({
    condition,
    index,
    seed: index,
    promptId: 'p',
    replyId: 'r',
    truthMs: 500,
    onsetPlayed: true,
    estimates: { known },
    parts: { uplink: { truthMs: 20, estimate: { valueMs: 21, uncertaintyMs: 1 } } },
  }));
const off = (errorMs: number): Estimate => ({ valueMs: 500 + errorMs, uncertaintyMs: 0.03 });
const none: Estimate = { reason: 'no-onset' };

const judged = (trials: Trials) =>
  Object.fromEntries(targetsOf(trials, ['uplink']).map((target) => [target.name, target]));

describe('targetsOf', () => {
  it('holds p95 and misses of the known reply to their bounds', () => {
    const good = judged({
      conditions: [named('white-20')],
      results: turns(
        'white-20',
        Array.from({ length: 20 }, () => off(0.02)),
      ),
    });
    expect(good['known reply, 10 dB and better: p95 of |error|']).toMatchObject({
      bound: '<= 0.1',
      ok: true,
    });
    expect(good['known reply, 10 dB and better: misses']).toMatchObject({ value: 0, ok: true });
    const bad = judged({
      conditions: [named('white-20')],
      results: turns('white-20', [off(0.02), off(0.3), none]),
    });
    expect(bad['known reply, 10 dB and better: p95 of |error|']!.ok).toBe(false);
    expect(bad['known reply, 10 dB and better: misses']!.value).toBeCloseTo(33.3, 1);
    expect(bad['known reply, 10 dB and better: misses']!.ok).toBe(false);
  });

  it('does not count as missed what may go without a number', () => {
    const trials = {
      conditions: [named('overlap-word'), named('white-20')],
      results: [...turns('overlap-word', [none, none]), ...turns('white-20', [off(0.01)])],
    };
    expect(judged(trials)['known reply, 10 dB and better: misses']!.value).toBe(0);
  });

  it('calls a number false where there is nothing to measure', () => {
    const trials = {
      conditions: [named('no-reply-white')],
      results: turns('no-reply-white', [none, off(1)]),
    };
    expect(targetsOf(trials, [])).toEqual([
      {
        name: 'numbers without a located prompt and reply',
        value: 1,
        unit: '',
        bound: '<= 0',
        ok: false,
      },
    ]);
  });

  it('counts a turn whose reply lost its first sound as neither found nor missed, and a number there as false', () => {
    const lost = (estimates: readonly Estimate[]): CaseResult[] =>
      turns('loss', estimates).map((result) => ({ ...result, onsetPlayed: false }));
    const conditions = [named('loss'), named('no-reply-white')];
    const quiet = turns('no-reply-white', [none]);
    const good = judged({
      conditions,
      results: [...turns('loss', [off(0.02)]), ...lost([none, none]), ...quiet],
    });
    expect(good['known reply, 10 dB and better: misses']!.value).toBe(0);
    expect(good['numbers without a located prompt and reply']!.value).toBe(0);
    const bad = judged({
      conditions,
      results: [...turns('loss', [off(0.02)]), ...lost([none, off(80)]), ...quiet],
    });
    expect(bad['known reply, 10 dB and better: p95 of |error|']!.ok).toBe(true);
    expect(bad['numbers without a located prompt and reply']!.value).toBe(1);
  });

  it('wants an uncertainty that is neither too small nor too large', () => {
    const share = (within: number, beyond: number) => {
      const results = turns('white-20', [
        ...Array.from({ length: within }, () => off(0.02)),
        ...Array.from({ length: beyond }, () => off(0.07)),
      ]);
      return judged({ conditions: [named('white-20')], results })['voice-to-voice: share within 2 u'];
    };
    expect(share(194, 6)).toMatchObject({ value: 97, ok: true });
    expect(share(188, 12)!.ok).toBe(false);
    expect(share(200, 0)!.ok).toBe(false);
    expect(share(199, 0)).toBeUndefined();
  });

  it('wants the same of an unknown reply, at whatever SNR', () => {
    const results = turns(
      'white-5',
      Array.from({ length: 200 }, (_, n) => off(n < 194 ? 0.02 : 0.07)),
    ).map((result) => ({ ...result, estimates: { unknown: result.estimates.known! } }));
    const targets = judged({ conditions: [named('white-5')], results });
    expect(targets['unknown reply: share within 2 u']).toMatchObject({ value: 97, ok: true });
    expect(targets['unknown reply: median u over median |error|']).toMatchObject({ ok: true });
  });

  it('keeps no bound with nothing to judge', () => {
    const trials = { conditions: [named('white-20')], results: turns('white-20', [none]) };
    expect(judged(trials)['known reply, 10 dB and better: p95 of |error|']!.ok).toBe(false);
  });
});

describe('accuracyTable', () => {
  it('has a row for each condition, and says which targets were missed', () => {
    const trials = {
      conditions: [named('white-20'), named('no-reply-white')],
      results: [...turns('white-20', [off(0.3)]), ...turns('no-reply-white', [none])],
    };
    const lines = accuracyTable(accuracyReport(trials, 1)).split('\n');
    expect(lines.find((line) => line.includes('white noise, 20 dB'))).toContain('0.300 / 0.300');
    expect(lines.find((line) => line.includes('no reply, white noise'))).toContain('no number');
    expect(lines.find((line) => line.includes('p95 of |error|'))).toMatch(/MISSED .*0\.300 ms/);
  });
});
