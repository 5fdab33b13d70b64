import { FakeBench } from './__fixtures__/fake-bench';
import { SpeakerWatch } from './speaker-watch';

const BLOCK = 480;

/** A watch, and what hands it blocks of 10 ms of a level. */
function watched(): { watch: SpeakerWatch; hear: (dbFs: number, blocks: number) => void } {
  const { rig } = new FakeBench();
  let tell: Parameters<typeof rig.onBlock>[0] = () => undefined;
  const watch = new SpeakerWatch({
    ...rig,
    onBlock: (listener) => {
      tell = listener;
      return () => undefined;
    },
  });
  const hear = (dbFs: number, blocks: number): void => {
    const channel = new Float32Array(BLOCK).fill(10 ** (dbFs / 20));
    for (let n = 0; n < blocks; n += 1)
      tell({ firstRigSample: 0, channels: [channel, channel], hostAtMs: 0 });
  };
  return { watch, hear };
}

describe('SpeakerWatch', () => {
  it('counts sound that stands out of the quietest of late, and the quiet behind it', () => {
    const { watch, hear } = watched();
    hear(-60, 10);
    hear(-20, 30);
    expect(watch).toMatchObject({ quietMs: 0, soundMs: 300 });
    // 11 dB over the floor is none, 13 dB is.
    hear(-49, 5);
    expect(watch).toMatchObject({ quietMs: 50, soundMs: 300 });
    hear(-47, 1);
    expect(watch).toMatchObject({ quietMs: 0, soundMs: 310 });
  });

  it('knows the quietest block for 8 s, whatever came behind it', () => {
    const { watch, hear } = watched();
    hear(-60, 1);
    hear(-40, 400);
    hear(-45, 1);
    hear(-40, 398);
    expect(watch.quietMs).toBe(0);
    // The 801st block: the first is no longer of late, the one in the midst is the quietest.
    hear(-40, 1);
    expect(watch.quietMs).toBe(10);
    hear(-30, 1);
    expect(watch.quietMs).toBe(0);
    // Until that one has gone as well.
    hear(-30, 399);
    expect(watch.quietMs).toBe(0);
    hear(-30, 1);
    expect(watch.quietMs).toBe(10);
  });

  it('takes nothing for sound that a converter has when nothing is plugged in', () => {
    const { watch, hear } = watched();
    hear(-110, 10);
    hear(-80, 10);
    expect(watch).toMatchObject({ quietMs: 200, soundMs: 0 });
  });
});
