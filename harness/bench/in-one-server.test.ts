import type { AudioRig, CaptureSlice, Xrun } from '../ports';
import { inOneServer } from './in-one-server';

/** A rig that counts in a private field, as classes do, and a board; both can be lost. */
function rigAndBoard() {
  const rigListeners = new Set<(error: Error) => void>();
  const soundListeners = new Set<(reason: string) => void>();
  const xrunListeners = new Set<(kind: 'underrun' | 'overrun') => void>();
  const ownXruns = new Set<(xrun: Xrun) => void>();
  const ownXrun: Xrun = { atRigSample: 960, kind: 'short-read', lostSamples: 7 };
  class CountingRig {
    readonly name = 'rig';
    readonly rateHz = 48_000;
    #position = 0;
    get position(): number {
      return this.#position;
    }
    mute(): void {
      this.#position += 480;
    }
    onXrun(listener: (xrun: Xrun) => void): () => void {
      ownXruns.add(listener);
      return () => ownXruns.delete(listener);
    }
    capture(): Promise<Partial<CaptureSlice>> {
      return Promise.resolve({ firstRigSample: 0, overruns: 1, xruns: [ownXrun] });
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
    onSoundXrun: (listener: (kind: 'underrun' | 'overrun') => void) => {
      xrunListeners.add(listener);
      return () => void xrunListeners.delete(listener);
    },
  };
  return {
    loseSamples: (kind: 'underrun' | 'overrun') => xrunListeners.forEach((listener) => listener(kind)),
    ownXrun,
    rig: inOneServer(new CountingRig() as unknown as AudioRig, 'korvo', board),
    loseRig: (error: Error) => rigListeners.forEach((listener) => listener(error)),
    loseSound: async (reason: string) => {
      soundListeners.forEach((listener) => listener(reason));
      await Promise.resolve();
    },
    listeners: () => rigListeners.size + soundListeners.size,
  };
}

describe('inOneServer', () => {
  it('has what the board lost among the xruns of the rig, where the capture was when it was told', async () => {
    const { rig, loseSamples, ownXrun } = rigAndBoard();
    const told: Xrun[] = [];
    const cancel = rig.onXrun!((xrun) => told.push(xrun));
    rig.mute();
    loseSamples('underrun');
    for (let n = 0; n < 3; n += 1) rig.mute();
    cancel();
    loseSamples('overrun');
    const ofBoard = [
      { atRigSample: 480, kind: 'underrun' },
      { atRigSample: 1_920, kind: 'overrun' },
    ];
    expect(told).toEqual(ofBoard.slice(0, 1));
    expect(await rig.capture(0, 1_921)).toEqual({
      firstRigSample: 0,
      overruns: 3,
      xruns: [ofBoard[0], ownXrun, ofBoard[1]],
    });
    expect(await rig.capture(481, 1_920)).toMatchObject({ overruns: 1, xruns: [ownXrun] });
  });

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
