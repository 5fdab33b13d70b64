import { isHilError, type ErrorCode } from '../../errors';
import { ok, skipped, type Check, type CheckContext } from './check';

/** The board booted, and what it booted is another check's to judge. */
const booted: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HIL_BOARD_OTHER_FIRMWARE',
  'HIL_BOARD_FIRMWARE_UNKNOWN',
  'HIL_BOARD_WRONG_DIALECT',
]);

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
  withinMs: 9_000,
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
