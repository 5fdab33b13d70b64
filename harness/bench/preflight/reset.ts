import { SIGN_WITHIN_MS } from '../../board';
import type { BoardConfig } from '../../config';
import { isHilError, type ErrorCode } from '../../errors';
import { ok, skipped, type Check, type CheckContext } from './check';

/** The board booted, and what it booted is another check's to judge. */
const booted: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HIL_BOARD_OTHER_FIRMWARE',
  'HIL_BOARD_FIRMWARE_UNKNOWN',
  'HIL_BOARD_WRONG_DIALECT',
]);

/** Lines that are pulled, and a chip that is asked for its loader in vain. */
const LINES_MS = 1_000;
const LOADER_MS = 6_000;

/**
 * What the steps of a board's reset may take with the boot behind the last: a climb that goes on behind the end of its check would reset
 * the board, or have it without power, under the checks that follow.
 */
function climbMs(board: BoardConfig): number {
  const marginMs = 500;
  if (board.kind === 'virtual') return LINES_MS + board.bootTimeoutMs + marginMs;
  const { reset: choice, power, reattachMs, bootTimeoutMs } = board;
  const steps = choice === 'auto' ? (['hard', 'hard-slow', 'watchdog', 'power'] as const) : choice;
  const stepMs = steps.map((step) => {
    if (step === 'watchdog') return LOADER_MS + SIGN_WITHIN_MS;
    if (step !== 'power') return LINES_MS + SIGN_WITHIN_MS;
    // One program each way, and a port that goes with the power.
    return power === undefined ? 0 : power.offMs + 2 * power.timeoutMs + reattachMs + SIGN_WITHIN_MS;
  });
  return stepMs.reduce((sum, ms) => sum + ms, 0) - SIGN_WITHIN_MS + bootTimeoutMs + marginMs;
}

/** The configured reset works. */
export const reset: Check = {
  id: 'reset',
  title: 'reset',
  group: 'board',
  expected: 'the board boots when it is reset, or its power is switched, as the bench file says',
  remedy:
    'Check what connects DTR and RTS to EN and GPIO0, and name the sequence or the `power` that the board needs in the bench file (docs/resetting.md).',
  needs: ['port', 'permission', 'lock'],
  uses: ['port'],
  withinMs: climbMs,
  async run({ parts, mayReset, clock }: CheckContext) {
    if (!mayReset) return skipped('it interrupts the board; --reset allows it');
    const board = await parts.board();
    const firstEvent = board.events.length;
    const startedAtMs = clock.nowMs();
    try {
      await board.reset();
    } catch (cause) {
      if (!isHilError(cause) || !booted.has(cause.code)) throw cause;
    }
    const tookMs = Math.round(clock.nowMs() - startedAtMs);
    const step = board.events
      .slice(firstEvent)
      .flatMap((event) => (event.type === 'reset-step' && event.outcome === 'booted' ? [event.step] : []))
      .at(-1);
    const by = step === undefined ? '' : `, by its step ${step}`;
    return ok(`it booted${by}; its application ran after ${tookMs} ms`, { tookMs });
  },
};
