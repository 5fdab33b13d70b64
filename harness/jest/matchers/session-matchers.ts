import type { SessionResult } from '../../host';
import { notAdvertised } from '../../measurement';
import type { Judgement } from './judgement';

/** Share of a greeting that must sound: what was sent ends in silence, and rooms cut its quiet edges. */
const SOUNDING = 0.5;

/** The firmware told the provider of each of these tools. */
export function judgeDeclared({ tools }: SessionResult, expected: readonly string[]): Judgement {
  const missing = expected.filter((tool) => !tools.includes(tool));
  return {
    pass: missing.length === 0,
    message: `${notAdvertised(missing, tools)}.`,
    code: 'HIL_SESSION_TOOL_MISSING',
  };
}

/** A greeting was asked for, sent, printed and heard. */
export function judgeGreetedAloud(session: SessionResult): Judgement {
  const { greeting, greetingAsked, greetingSentMs, greetingSoundMs } = session;
  if (greetingAsked && greetingSentMs === 0) {
    return {
      pass: false,
      message: 'The board asked for a greeting and the provider had none to send.',
      code: 'HIL_SCENARIO_MISMATCH',
    };
  }
  if (greetingSentMs === 0) {
    return {
      pass: false,
      message: 'The provider was asked for no greeting.',
      code: 'HIL_SESSION_GREETING_MISSING',
    };
  }
  return {
    pass: greetingSoundMs >= greetingSentMs * SOUNDING,
    message: `The greeting "${greeting.join(' ')}" was sent (${greetingSentMs.toFixed(0)} ms) and ${greetingSoundMs.toFixed(0)} ms of sound came.`,
    code: 'HIL_SESSION_GREETING_SILENT',
  };
}
