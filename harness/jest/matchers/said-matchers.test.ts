import type { ReplyCheck } from '../../measurement';
import { turnOf, type Step } from './__fixtures__/synthetic-turn';
import { judgeNotSaid, judgeSaid } from './said-matchers';

const seen: Step = { asks: 'OpenDoor', args: { open: true } };
const withReply = (reply: ReplyCheck, steps: readonly Step[] = [seen]) =>
  turnOf(steps, { measurement: { reply } });
const notSent: ReplyCheck = { state: 'not-sent' };

describe('toHaveSaid', () => {
  it('reads the transcript of the reply that was located in the sound', () => {
    const turn = turnOf([seen]);
    expect(judgeSaid(turn, /door is open/).pass).toBe(true);
    expect(judgeSaid(turn, 'front door').pass).toBe(true);
    expect(judgeSaid(turn, /DOOR/i).pass).toBe(true);
    expect(judgeNotSaid(turn, /closed/).pass).toBe(true);
  });

  it('blames the scenario for other words: the board played what it was sent', () => {
    const turn = turnOf([seen]);
    expect(judgeSaid(turn, /closed/)).toMatchObject({
      pass: false,
      code: 'HIL_SCENARIO_MISMATCH',
      message: 'The board said "The front door is open now", expected /closed/.',
    });
    expect(judgeNotSaid(turn, /door/)).toMatchObject({ pass: false, code: 'HIL_SCENARIO_MISMATCH' });
  });

  it('does not let a pattern remember where it matched last', () => {
    const global = /door/g;
    const turn = turnOf([seen]);
    expect([judgeSaid(turn, global).pass, judgeSaid(turn, global).pass]).toEqual([true, true]);
  });

  it('does not believe the console about a reply that is not in the sound', () => {
    const turn = withReply({ state: 'not-found', replyId: 'en-door-is-open-a', levelDbFs: -90 }, [
      seen,
      { prints: 'The front door is open now' },
    ]);
    for (const judgement of [judgeSaid(turn, /door/), judgeNotSaid(turn, /closed/)])
      expect(judgement).toMatchObject({ pass: false, code: 'HIL_TURN_SPEAKER_SILENT' });
  });

  it('does not believe the console about an unknown reply of which nothing was heard', () => {
    const silent = withReply({ state: 'not-heard', levelDbFs: -80 } as unknown as ReplyCheck, [
      { prints: 'door' },
    ]);
    expect(judgeSaid(silent, /door/)).toMatchObject({ pass: false, code: 'HIL_TURN_UNMEASURED' });
  });

  it('says who did not speak when nothing was sent', () => {
    expect(judgeSaid(withReply(notSent), /door/)).toMatchObject({ code: 'HIL_TURN_REPLY_MISSING' });
    const silent = turnOf([seen], {
      measurement: { reply: notSent },
      record: { expected: { utterance: 'en-door-open', calls: [], spoken: false } },
    });
    expect(judgeSaid(silent, /door/)).toMatchObject({ pass: false, code: 'HIL_SCENARIO_MISMATCH' });
    expect(judgeNotSaid(silent, /door/).pass).toBe(false);
  });

  it('reads the transcripts on the console where nobody watched the provider, and blames it for other words', () => {
    const unwatched = withReply(notSent, [{ prints: 'The door' }, { prints: 'is open' }]);
    expect(judgeSaid(unwatched, /is open/).pass).toBe(true);
    expect(judgeSaid(unwatched, /light/)).toMatchObject({
      pass: false,
      code: 'HIL_TURN_PROVIDER_FAILED',
      message: 'The board said "The door", "is open", expected /light/.',
    });
  });

  it('never takes unknown words for the right ones', () => {
    const unknown = withReply(notSent, []);
    for (const judgement of [judgeSaid(unknown, /door/), judgeNotSaid(unknown, /door/)]) {
      expect(judgement).toMatchObject({ pass: false, code: 'HIL_TURN_UNMEASURED' });
      expect(judgement.message).toContain('nobody knows its words');
    }
  });
});
