import type { VirtualBoardProcess } from '../board';
import { RigError } from '../errors';
import type { AudioRig, Cancel } from '../ports';

/**
 * A rig that counts as lost, too, when the virtual board at its cables has lost the sound server that both are in: the board is silent then and
 * hears nothing, and neither is its firmware's doing. Everything else is the rig's own.
 * @param boardName - For the `HIL_RIG_LINK_LOST` that listeners get.
 */
export function lostWithBoard(
  rig: AudioRig,
  boardName: string,
  board: Pick<VirtualBoardProcess, 'onSoundLost'>,
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
  return new Proxy(rig, {
    get: (target, key) => {
      if (key === 'onLost') return onLost;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
