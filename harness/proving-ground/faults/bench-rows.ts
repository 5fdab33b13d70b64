import { asked, onVoice } from './acts';
import type { FaultRow } from './fault-row';

/** Faults of the bench that virtual parts can bring about. */
export const benchRows: readonly FaultRow[] = [
  {
    id: 'brownout-loop',
    part: 'bench',
    what: 'the supply sags in the middle of a reply, and at each boot',
    cause: onVoice('brownout', [...asked, { do: 'session' }]),
    withinMs: 10_000,
    origin: 'bench',
    codes: ['HIL_BOARD_POWER_FAULT'],
    turn: 'not-judged',
    exitCode: 3,
    evidence: { capture: true, console: 'BROWNOUT_RST' },
    recovery: 'reset',
  },
  {
    id: 'garbled-console',
    part: 'bench',
    what: 'garbage on the console, as at a wrong baud rate',
    cause: onVoice('garbled-console', [{ do: 'reset' }]),
    withinMs: 4_000,
    origin: 'bench',
    codes: ['HIL_BOARD_CONSOLE_GARBLED'],
    turn: 'none',
    exitCode: 3,
    evidence: {},
    recovery: 'reset',
  },
  {
    id: 'starved',
    part: 'bench',
    what: 'the machine is too busy: the board’s process stands still for 1.2 s in a prompt',
    cause: { by: 'signal', bench: 'voice', to: 'virtual-board', stoppedMs: 1_200, act: asked },
    withinMs: 20_000,
    origin: undefined,
    codes: [],
    turn: 'pass',
    exitCode: 0,
    evidence: { capture: true },
    recovery: 'none',
  },
];
