import { fromWireError, isHilError, HilError } from '../errors';
import type { AudioRig } from '../ports';
import type { TextBench } from './turn-bench';

/** How often a bench without a rig is asked, beside whenever one of its parts says something. */
const HEARTBEAT_MS = 20;

/** Why a wait ended: its condition held, time ran out, or a part of the bench broke. */
export type WaitEnd<T> =
  | { readonly state: 'held'; readonly value: T }
  | { readonly state: 'late' }
  | { readonly state: 'broken'; readonly error: HilError };

const asHilError = (error: Error): HilError =>
  isHilError(error) ? error : new HilError('HIL_HARNESS_UNEXPECTED', error.message, {}, { cause: error });

/**
 * Waits until `condition` gives a value. It is asked at every block of the capture (the bench's heartbeat), without a rig every
 * 20 ms and at every event, and the wait ends early when board, rig or provider is lost, or when the board reports a fault.
 * @param withinMs - Longest wait on the host's clock.
 * @param fromBoardEvent - Faults count that the board has reported from this event on. Default: from now on.
 */
export function waitForBench<T>(
  bench: Pick<TextBench, 'board' | 'provider' | 'clock'> & { readonly rig?: AudioRig },
  condition: () => T | undefined,
  withinMs: number,
  fromBoardEvent = bench.board.events.length,
): Promise<WaitEnd<T>> {
  return new Promise((resolve) => {
    const cancels: (() => void)[] = [];
    const end = (result: WaitEnd<T>): void => {
      for (const cancel of cancels) cancel();
      resolve(result);
    };
    const broken = (error: Error): void => end({ state: 'broken', error: asHilError(error) });
    const ask = (): void => {
      const value = condition();
      if (value !== undefined) end({ state: 'held', value });
    };
    const { rig } = bench;
    if (rig === undefined) {
      const beat = (): void => {
        cancels.push(bench.clock.after(HEARTBEAT_MS, beat));
        ask();
      };
      cancels.push(bench.provider.onEvent(ask), bench.board.onEvent(ask));
      beat();
    } else {
      cancels.push(rig.onBlock(ask), rig.onLost(broken));
    }
    cancels.push(
      bench.clock.after(withinMs, () => end({ state: 'late' })),
      bench.provider.onLost(broken),
      bench.board.onLost(broken),
      bench.board.onEvent((event) => {
        if (event.type === 'fault') broken(fromWireError(event.error));
      }),
    );
    const earlier = bench.board.events.slice(fromBoardEvent).find((event) => event.type === 'fault');
    if (earlier !== undefined) broken(fromWireError(earlier.error));
  });
}
