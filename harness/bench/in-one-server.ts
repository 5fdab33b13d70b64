import type { VirtualBoardProcess } from '../board';
import { RigError } from '../errors';
import type { AudioRig, Cancel, CaptureSlice, Xrun } from '../ports';
import { samplesIn } from '../units';

/** Longest that a rig holds its capture: what the board told of before is in no slice any more. */
const KEPT_MS = 130_000;

/**
 * A rig in one sound server with the virtual board at its cables. What the board loses there is the bench's doing and not its firmware's: sound
 * that it lost is an xrun of the rig, and when it has lost the server the rig counts as lost. Everything else is the rig's own.
 * @param boardName - For the `HIL_RIG_LINK_LOST` that listeners get.
 */
export function inOneServer(
  rig: AudioRig,
  boardName: string,
  board: Pick<VirtualBoardProcess, 'onSoundLost' | 'onSoundXrun'>,
): AudioRig {
  const lost = (reason: string): RigError =>
    new RigError(
      'HIL_RIG_LINK_LOST',
      `Board ${boardName} lost the sound server that it shares with ${rig.name}: ${reason}.`,
      { rig: rig.name, board: boardName, reason },
    );
  const onLost = (listener: (error: Error) => void): Cancel => {
    let isOver = false;
    const tell = (error: Error): void => {
      if (isOver) return;
      isOver = true;
      listener(error);
    };
    const cancels = [
      rig.onLost(tell),
      // A listener that comes late hears of it too, but not before it holds its Cancel.
      board.onSoundLost((reason) => queueMicrotask(() => tell(lost(reason)))),
    ];
    return () => {
      isOver = true;
      for (const cancel of cancels) cancel();
    };
  };
  let ofBoard: readonly Xrun[] = [];
  const xrunListeners = new Set<(xrun: Xrun) => void>();
  board.onSoundXrun((kind) => {
    const xrun = { atRigSample: rig.position, kind };
    const oldest = rig.position - samplesIn(KEPT_MS, rig.rateHz);
    ofBoard = [...ofBoard.filter(({ atRigSample }) => atRigSample >= oldest), xrun];
    for (const listener of xrunListeners) listener(xrun);
  });
  const onXrun = (listener: (xrun: Xrun) => void): Cancel => {
    const entry = (xrun: Xrun) => listener(xrun);
    xrunListeners.add(entry);
    const cancel = rig.onXrun?.(entry);
    return () => {
      xrunListeners.delete(entry);
      cancel?.();
    };
  };
  const capture = async (from: number, to: number): Promise<CaptureSlice> => {
    const slice = await rig.capture(from, to);
    const more = ofBoard.filter(({ atRigSample }) => atRigSample >= from && atRigSample < to);
    const xruns = [...(slice.xruns ?? []), ...more].sort((a, b) => a.atRigSample - b.atRigSample);
    return { ...slice, overruns: slice.overruns + more.length, xruns };
  };
  const own: Readonly<Record<string | symbol, unknown>> = { onLost, onXrun, capture };
  return new Proxy(rig, {
    get: (target, key) => {
      if (Object.hasOwn(own, key)) return own[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
