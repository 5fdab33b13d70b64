import { DmaChain } from './dma-chain';

const ramp = (lengthSamples: number): Int16Array =>
  Int16Array.from({ length: lengthSamples }, (_, n) => n + 1);

describe('DmaChain', () => {
  it('lets a reply wait behind the descriptors that are queued already', () => {
    const chain = new DmaChain(6, 240);
    chain.transmit(100);
    chain.play('item_1', 0, ramp(1000));
    const { frames, runs } = chain.transmit(3000);
    // 140 frames are left of the descriptor being played; the freed one goes behind the five others.
    const first = 140 + 5 * 240;
    expect(runs).toEqual([{ itemId: 'item_1', sourceSample: 0, startFrame: first, lengthSamples: 1000 }]);
    expect(frames.indexOf(1)).toBe(first);
    expect(frames[first + 999]).toBe(1000);
    expect(frames[first + 1000]).toBe(0);
  });

  it('is as long as the firmware that starts has it', () => {
    const chain = new DmaChain(6, 240);
    chain.transmit(100);
    chain.resize(16);
    chain.play('item_1', 0, ramp(10));
    expect(chain.transmit(5_000).runs).toMatchObject([{ startFrame: 16 * 240 }]);
    chain.resize(2);
    chain.play('item_2', 0, ramp(10));
    expect(chain.transmit(1_000).runs).toMatchObject([{ startFrame: 2 * 240 }]);
  });

  it('breaks a run where the reply came too late and silence was played', () => {
    const chain = new DmaChain(2, 100);
    chain.play('item_1', 0, ramp(50));
    chain.transmit(150);
    chain.play('item_1', 50, ramp(60));
    const { runs } = chain.transmit(400);
    expect(runs).toEqual(
      [
        { itemId: 'item_1', sourceSample: 0, startFrame: 50, lengthSamples: 50 },
        { itemId: 'item_1', sourceSample: 50, startFrame: 150, lengthSamples: 60 },
      ].map((run) => ({ ...run, startFrame: run.startFrame })),
    );
  });

  it('stops at once when flushed and says how far each item was heard', () => {
    const chain = new DmaChain(6, 240);
    chain.play('item_1', 0, ramp(4000));
    chain.play('item_2', 0, ramp(500));
    chain.transmit(6 * 240 + 77);
    expect(chain.isPlaying).toBe(true);
    expect(chain.flush()).toEqual([
      { itemId: 'item_1', playedSamples: 77 },
      { itemId: 'item_2', playedSamples: 0 },
    ]);
    expect(chain.isPlaying).toBe(false);
    expect(chain.transmit(4000).frames.every((frame) => frame === 0)).toBe(true);
    expect(chain.flush()).toEqual([]);
  });

  it('takes no more than the memory of the board', () => {
    const chain = new DmaChain(6, 240);
    const halfAMinute = new Int16Array(720_000);
    expect([1, 2, 3].map((n) => chain.play('item_1', n * 720_000, halfAMinute))).toEqual([true, true, false]);
  });

  it('holds a bounded number of pieces, however small and mixed they come', () => {
    const chain = new DmaChain(6, 240);
    for (let n = 0; n < 20_000; n++) expect(chain.play('item_1', n, Int16Array.of(1))).toBe(true);
    expect(chain.transmit(6 * 240 + 20_000).runs).toEqual([
      { itemId: 'item_1', sourceSample: 0, startFrame: 1_440, lengthSamples: 20_000 },
    ]);
    const taken = Array.from({ length: 2_000 }, (_, n) => chain.play(`item_${n}`, 0, Int16Array.of(1)));
    expect(taken.lastIndexOf(true)).toBe(1_023);
  });

  it('plays all its descriptors again each time it was starved, and what follows comes that much later', () => {
    let starves = true;
    const chain = new DmaChain(6, 240, { starves: () => starves });
    const reply = ramp(32_000);
    chain.play('item_1', 0, reply);
    const { frames, runs } = chain.transmit(34_000);
    const heard = Array.from(frames).slice(frames.indexOf(1), frames.indexOf(1) + 32_000);
    // Starved after 60 descriptors: the five behind it are played, then all six a second time; the next is the 67th.
    const [first, second] = [66 * 240, 72 * 240];
    expect(heard.slice(0, first)).toEqual(Array.from(reply.subarray(0, first)));
    expect(heard.slice(first, second)).toEqual(Array.from(reply.subarray(first - 6 * 240, first)));
    expect(heard.slice(second, second + 240)).toEqual(Array.from(reply.subarray(first, first + 240)));
    expect(runs.map(({ sourceSample }) => sourceSample).slice(0, 3)).toEqual([
      0,
      first - 6 * 240,
      126 * 240 - 6 * 240,
    ]);

    starves = false;
    const later = new DmaChain(6, 240, { starves: () => starves });
    later.play('item_1', 0, reply);
    expect(later.transmit(34_000).runs).toHaveLength(1);
  });
});
