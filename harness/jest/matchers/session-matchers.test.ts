import type { SessionResult } from '../../host';
import { judgeDeclared, judgeGreetedAloud } from './session-matchers';

const session = (over: Partial<SessionResult>): SessionResult => ({
  session: 1,
  firmware: undefined,
  tools: ['SetLightState'],
  greeting: ['Hello'],
  greetingAsked: true,
  greetingSentMs: 1_000,
  greetingSoundMs: 900,
  firstLine: 0,
  ...over,
});

describe('session matchers', () => {
  it('hold for a greeting that sounds', () => {
    expect(judgeGreetedAloud(session({})).pass).toBe(true);
  });

  it.each([
    ['was never asked for', { greetingAsked: false, greetingSentMs: 0 }, 'HIL_SESSION_GREETING_MISSING'],
    ['the scenario does not hold', { greetingSentMs: 0 }, 'HIL_SCENARIO_MISMATCH'],
    ['was sent and not heard', { greetingSoundMs: 100 }, 'HIL_SESSION_GREETING_SILENT'],
  ])('tell who is at fault for a greeting that %s', (_, over, code) => {
    expect(judgeGreetedAloud(session(over))).toMatchObject({ pass: false, code });
  });

  it('name the tool that is not advertised', () => {
    expect(judgeDeclared(session({}), ['SetLightState', 'SetVolume'])).toMatchObject({
      pass: false,
      code: 'HIL_SESSION_TOOL_MISSING',
      message: 'tool SetVolume not advertised by the firmware, which advertised SetLightState.',
    });
  });
});
