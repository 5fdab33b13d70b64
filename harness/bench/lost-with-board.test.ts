import type { AudioRig } from '../ports';
import { lostWithBoard } from './lost-with-board';

/** A rig that counts in a private field, as classes do, and a board; both can be lost. */
function rigAndBoard() {
  const rigListeners = new Set<(error: Error) => void>();
  const soundListeners = new Set<(reason: string) => void>();
  class CountingRig {
    readonly name = 'rig';
    #position = 0;
    get position(): number {
      return this.#position;
    }
    mute(): void {
      this.#position += 480;
    }
    onLost(listener: (error: Error) => void): () => void {
      rigListeners.add(listener);
      return () => rigListeners.delete(listener);
    }
  }
  const board = {
    onSoundLost: (listener: (reason: string) => void) => {
      soundListeners.add(listener);
      return () => void soundListeners.delete(listener);
    },
  };
  return {
    rig: lostWithBoard(new CountingRig() as unknown as AudioRig, 'korvo', board),
    loseRig: (error: Error) => rigListeners.forEach((listener) => listener(error)),
    loseSound: async (reason: string) => {
      soundListeners.forEach((listener) => listener(reason));
      await Promise.resolve();
    },
    listeners: () => rigListeners.size + soundListeners.size,
  };
}

describe('lostWithBoard', () => {
  it('leaves everything but the loss to the rig', () => {
    const { rig } = rigAndBoard();
    rig.mute();
    expect({ name: rig.name, position: rig.position }).toEqual({ name: 'rig', position: 480 });
  });

  it('is lost, once, when the board has lost its sound server, and says why', async () => {
    const { rig, loseRig, loseSound } = rigAndBoard();
    const errors: Error[] = [];
    rig.onLost((error) => errors.push(error));
    await loseSound('pacat to cable ended (exit code 1): Connection terminated');
    loseRig(new Error('later'));
    expect(errors).toEqual([
      expect.objectContaining({
        code: 'HIL_RIG_LINK_LOST',
        origin: 'bench',
        message:
          'Board korvo lost the sound server that it shares with rig: pacat to cable ended (exit code 1): Connection terminated.',
      }),
    ]);
  });

  it('is lost as the rig is, and the board says nothing on top', async () => {
    const { rig, loseRig, loseSound } = rigAndBoard();
    const errors: Error[] = [];
    const lost = new Error('unplugged');
    rig.onLost((error) => errors.push(error));
    loseRig(lost);
    await loseSound('also gone');
    expect(errors).toEqual([lost]);
  });

  it('lets go of both when it is told to, a loss under way included', async () => {
    const { rig, loseSound, listeners } = rigAndBoard();
    const errors: Error[] = [];
    const cancel = rig.onLost((error) => errors.push(error));
    const losing = loseSound('gone');
    cancel();
    await losing;
    expect({ errors, listeners: listeners() }).toEqual({ errors: [], listeners: 0 });
  });
});
