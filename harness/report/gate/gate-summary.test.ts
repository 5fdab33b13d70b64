import type { Verdict } from '../../verdict';
import { nextStep } from './gate-summary';

type Shift = NonNullable<Verdict['comparison']>['shifts'][number];

const verdict = (exitCode: Verdict['exitCode'], shifts: readonly Partial<Shift>[]): Verdict =>
  ({ exitCode, findings: [], comparison: { shifts } }) as unknown as Verdict;

describe('nextStep', () => {
  it('names what a pass says nothing of', () => {
    const judged = { measure: 'voiceToVoice', outcome: 'pass' } as const;
    expect(nextStep(verdict(0, [judged]))).toBe('Nothing: this firmware may ship.');
    expect(nextStep(verdict(0, [judged, { measure: 'timeToFunctionCall', outcome: 'not-judged' }]))).toBe(
      'This firmware may ship by what was compared; time to function call was not, for which baseline and run need more turns.',
    );
  });

  it('has runs added to that can be taken together, and no others', () => {
    const open = { measure: 'voiceToVoice', outcome: 'inconclusive' } as const;
    expect(nextStep(verdict(5, [open]))).toContain('`earshot gate RUN RUN …`');
    const inTurns = nextStep(verdict(5, [{ ...open, pairs: 10 }]));
    expect(inTurns).toContain('`earshot run --ab RELEASE CANDIDATE --turns N`');
    expect(inTurns).not.toContain('gate RUN');
    const soak = nextStep({ ...verdict(5, []), soak: {} } as Verdict);
    expect(soak).toContain('`earshot soak --resume RUN --hours N`');
    expect(soak).not.toContain('gate RUN');
  });
});
