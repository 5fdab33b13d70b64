import { asked, onVoice } from './acts';
import type { FaultRow } from './fault-row';

type Signal = Extract<FaultRow['cause'], { readonly by: 'signal' }>;

/** A machine that is too busy: nobody is blamed, and the take is repeated. */
const starvedRow = (
  id: string,
  what: string,
  bench: Signal['bench'],
  to: Signal['to'],
  into: Signal['in'],
): FaultRow => ({
  id,
  part: 'bench',
  what: `the machine is too busy: ${what}`,
  cause: { by: 'signal', bench, to, in: into, stoppedMs: 1_200, act: asked },
  withinMs: 30_000,
  origin: undefined,
  codes: [],
  turn: 'pass',
  exitCode: 0,
  retaken: true,
  evidence: { capture: true },
  recovery: 'none',
});

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
    evidence: { capture: true, console: 'Brownout detector was triggered[^]*rst:0x3' },
    recovery: 'reset',
  },
  {
    id: 'wifi-drop',
    part: 'bench',
    what: 'the access point is gone in the middle of a reply, and there again a moment later',
    cause: onVoice('wifi-drop', asked),
    withinMs: 10_000,
    origin: 'bench',
    codes: ['HIL_BOARD_NETWORK_LOST'],
    turn: 'not-judged',
    exitCode: 3,
    evidence: { capture: true, console: 'wifi:state: run -> init[^]*got ip:' },
    recovery: 'none',
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
  starvedRow(
    'starved',
    'the board’s process stands still for 1.2 s in a prompt',
    'voice',
    'virtual-board',
    'prompt',
  ),
  starvedRow(
    'starved-board',
    'the board’s process stands still for 1.2 s in a reply',
    'call',
    'virtual-board',
    'reply',
  ),
  starvedRow(
    'starved-provider',
    'the mock’s process stands still for 1.2 s in a reply',
    'voice',
    'provider-child',
    'reply',
  ),
  starvedRow(
    'starved-peer',
    'the mock’s process stands still for 1.2 s in a reply by WebRTC',
    'call',
    'provider-child',
    'reply',
  ),
  starvedRow(
    'starved-ear',
    'the mock’s process stands still for 1.2 s in a prompt by WebRTC',
    'call',
    'provider-child',
    'prompt',
  ),
  starvedRow(
    'starved-host',
    'the host’s process stands still for 1.2 s in a reply',
    'voice',
    'host',
    'reply',
  ),
];
