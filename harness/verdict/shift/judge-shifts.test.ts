import type { MeasureName } from '../../measurement';
import { seededNormal, seededUniform } from '../../units';
import { armsOfTurns, judgeShifts, type Arms } from './judge-shifts';
import { looks } from './looks';
import type { ArmTurn } from './rank-shift';

const normal = seededNormal(seededUniform(8));

/** Turns of ten prompts in sessions of eight. */
const arm = (turns: number, shiftMs: number, logDeviation = 0.08): ArmTurn[] =>
  Array.from({ length: turns }, (_, index) => ({
    valueMs: 500 * Math.exp(logDeviation * normal()) + shiftMs,
    session: String(Math.floor(index / 8)),
    stratum: `p${index % 10}`,
  }));

const judge = (reference: Arms, candidate: Arms) =>
  judgeShifts({ title: 'the baseline of May', arms: reference, marginMs: 30 }, candidate);

const voice = (turns: number, shiftMs: number): Arms => ({ voiceToVoice: arm(turns, shiftMs) });

describe('armsOfTurns', () => {
  const turn = (boardName: string) => ({
    record: {
      turnId: boardName,
      boardName,
      endedAtHostMs: 0,
      faults: [],
      session: 1,
      turnInSession: 2,
      prompt: { id: 'p1' },
    },
    measurement: {
      measures: { voiceToVoice: { state: 'measured', valueMs: 500, uncertaintyMs: 1 } } as const,
    },
  });
  const strataOf = (...boards: string[]) =>
    armsOfTurns(boards.map(turn), []).voiceToVoice?.map(({ stratum }) => stratum);

  it('compares each board of several with itself, and one board by its prompts alone', () => {
    expect(strataOf('korvo', 'atom')).toEqual(['korvo: p1', 'atom: p1']);
    expect(strataOf('korvo', 'korvo')).toEqual(['p1', 'p1']);
  });
});

describe('judgeShifts', () => {
  it('passes what is as fast as before', () => {
    const [result] = judge(voice(200, 0), voice(200, 0));
    expect(result).toMatchObject({ measure: 'voiceToVoice', outcome: 'pass', marginMs: 30 });
    expect(result?.interval?.upperMs).toBeLessThan(30);
    expect(result?.why).toMatch(
      /^voice-to-voice is [+−]\d+\.\d ms against the baseline of May \(95 % interval .* n = 200 against 200\), 30 ms matter\.$/i,
    );
  });

  it('fails what is 100 ms slower, and says where the time went', () => {
    const slower: Arms = { ...voice(90, 100), ttfa: arm(90, 100), uplink: arm(90, 0) };
    const [result] = judge({ ...voice(200, 0), ttfa: arm(200, 0), uplink: arm(200, 0) }, slower);
    expect(result?.outcome).toBe('fail');
    expect(result?.estimateMs).toBeGreaterThan(80);
    const parts = Object.fromEntries(
      result?.parts?.map(({ measure, estimateMs }) => [measure, estimateMs]) ?? [],
    );
    expect(parts['ttfa']).toBeGreaterThan(80);
    expect(Math.abs(parts['uplink'] ?? NaN)).toBeLessThan(20);
  });

  it('fails a board that stops answering every fifth turn only where the median moves', () => {
    const mute = arm(200, 0).map((turn, index) => (index % 5 === 0 ? { ...turn, valueMs: Infinity } : turn));
    expect(judge(voice(200, 0), { voiceToVoice: mute })[0]?.outcome).not.toBe('fail');
    const dead = arm(200, 0).map((turn) => ({ ...turn, valueMs: Infinity }));
    const [result] = judge(voice(200, 0), { voiceToVoice: dead });
    expect(result).toMatchObject({ outcome: 'fail', estimateMs: Infinity });
    expect(result?.why).toContain('above every number');
  });

  it('says how many turns would decide it, which are more the closer the shift is to the margin', () => {
    const numberAt = (shiftMs: number): number => {
      const [result] = judge(voice(40, 0), { voiceToVoice: arm(40, shiftMs, 0.15) });
      expect(result?.outcome).toBe('inconclusive');
      return result?.turnsToDecide ?? NaN;
    };
    expect(numberAt(75)).toBeLessThanOrEqual(135);
    expect(numberAt(35)).toBeGreaterThan(135);
    expect(judge(voice(200, 0), voice(200, 100))[0]?.turnsToDecide).toBeUndefined();
  });

  it('asks for the next look where it cannot tell, and for no more at the last', () => {
    const [early] = judge(voice(200, 0), voice(59, 30));
    expect(early?.outcome).toBe('inconclusive');
    expect(early?.turns.candidate).toBe(40);
    expect(early?.why).toMatch(
      /undecided, needs about \d+ turns per arm(, more than the 600 that are asked for)?; looked at again with 60\.$/,
    );
    const [last] = judge(voice(600, 0), voice(700, 30));
    expect(last?.outcome).toBe('inconclusive');
    expect(last?.why).toMatch(
      /undecided at 600 turns, the most that are asked for; needs about \d+ turns per arm\.$/,
    );
  });

  it('judges nothing with fewer than 40 turns or 5 sessions, and names both', () => {
    const [few] = judge(voice(200, 0), voice(39, 100));
    expect(few?.outcome).toBe('not-judged');
    expect(few?.why).toContain(
      '39 turns in 5 sessions against 200 turns in 25 sessions; 40 turns in 5 sessions each',
    );
    const oneSession = arm(60, 100).map((turn) => ({ ...turn, session: 'all' }));
    const [alone] = judge(voice(200, 0), { voiceToVoice: oneSession });
    expect(alone).toMatchObject({ outcome: 'not-judged', sessions: { candidate: 1 } });
    expect(alone).not.toHaveProperty('estimateMs');
    const long = arm(60, 100).map((turn, index) => ({ ...turn, session: String(Math.floor(index / 10)) }));
    const [early] = judge(voice(200, 0), { voiceToVoice: long.slice(0, 59) });
    expect(early?.why).toContain('not judged with the first 40 turns in 4 sessions against');
    expect(judge(voice(200, 0), { voiceToVoice: long })[0]?.outcome).toBe('fail');
  });

  it('judges nothing against a baseline of fewer than 40 turns, however many the run has', () => {
    const short = arm(39, 0).map((turn, index) => ({ ...turn, session: String(index % 6) }));
    const [result] = judge({ voiceToVoice: short }, voice(200, 100));
    expect(result).toMatchObject({ outcome: 'not-judged', turns: { reference: 39 } });
  });

  it('counts only turns in prompts that both have', () => {
    const strange = arm(200, 100).map((turn, index) => (index < 170 ? { ...turn, stratum: 'new' } : turn));
    const [result] = judge(voice(200, 0), { voiceToVoice: strange });
    expect(result).toMatchObject({ outcome: 'not-judged', turns: { candidate: 30 } });
    expect(judge(voice(200, 0), { voiceToVoice: [...strange, ...arm(60, 100)] })[0]?.outcome).toBe('fail');
  });

  it('states how many turns would show 100 ms, more for a wider spread', () => {
    const [narrow] = judge(voice(200, 0), voice(200, 0));
    const wide = (): Arms => ({ voiceToVoice: arm(200, 0, 0.3) });
    const [spread] = judge(wide(), wide());
    expect(narrow?.turnsToDetect100Ms).toBe(40);
    expect(spread?.turnsToDetect100Ms).toBeGreaterThan(60);
    const [wild] = judge({ voiceToVoice: arm(200, 0, 1.2) }, { voiceToVoice: arm(200, 0, 1.2) });
    expect(wild?.turnsToDetect100Ms).toBeGreaterThan(600);
  });

  it('says of a measure that only one of them has that it is not judged', () => {
    const [, call] = judge({ ...voice(60, 0), timeToFunctionCall: arm(60, 0) }, voice(60, 0));
    expect(call).toMatchObject({
      measure: 'timeToFunctionCall',
      outcome: 'not-judged',
      turns: { candidate: 0 },
    });
  });

  it('shares its error among the measures: what fails alone at the edge may not fail beside others', () => {
    const names: readonly MeasureName[] = ['voiceToVoice', 'timeToFunctionCall', 'questionToAnswer'];
    const same = Object.fromEntries(names.map((name) => [name, arm(200, 0)]));
    const outcomes = [0, 40, 50, 60, 70].map((shiftMs) => {
      const slow = arm(60, shiftMs, 0.2);
      const alone = judge({ voiceToVoice: same['voiceToVoice'] ?? [] }, { voiceToVoice: slow });
      const beside = judge(same, { ...same, voiceToVoice: slow });
      return [alone[0]?.outcome === 'fail', beside[0]?.outcome === 'fail'] as const;
    });
    expect(outcomes.every(([alone, beside]) => alone || !beside)).toBe(true);
  });
});

describe('looks', () => {
  it('spend together what is stated, later ones more, up to 600 turns', () => {
    const sum = (of: 'failTail' | 'passTail') => looks.reduce((all, look) => all + look[of], 0);
    expect(sum('failTail')).toBeCloseTo(0.025, 12);
    expect(sum('passTail')).toBeCloseTo(0.05, 12);
    expect(looks.map(({ turns }) => turns)).toEqual([40, 60, 90, 135, 200, 300, 450, 600]);
  });
});
