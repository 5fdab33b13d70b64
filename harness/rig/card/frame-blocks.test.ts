import { seededUniform } from '../../units';
import { FrameBlocks } from './frame-blocks';

const layout = { format: 'S24_3LE', channelCount: 3, channels: [2, 0], blockSamples: 5 } as const;

/** Sample n of channel c is 3n + c, as 24 bits. */
const frames = (lengthSamples: number): Buffer => {
  const bytes = Buffer.alloc(lengthSamples * 9);
  for (let i = 0; i < lengthSamples * 3; i++) bytes.writeIntLE(i, i * 3, 3);
  return bytes;
};

describe('FrameBlocks', () => {
  it.each([1, 2, 3])('puts frames together wherever reads split them (%i)', (seed) => {
    const uniform = seededUniform(seed);
    const blocks = new FrameBlocks(layout);
    const taken: (readonly Float32Array[])[] = [];
    const bytes = frames(52);
    for (let at = 0; at < bytes.length;) {
      const count = Math.floor(uniform() * 60);
      blocks.push(bytes.subarray(at, at + count), (channels) => taken.push(channels));
      at += count;
    }
    const values = (channel: number) =>
      taken.flatMap((block) => [...block[channel]!].map((each) => each * 2 ** 23));
    expect(taken).toHaveLength(10);
    expect(values(0)).toEqual(Array.from({ length: 50 }, (_, n) => 3 * n + 2));
    expect(values(1)).toEqual(Array.from({ length: 50 }, (_, n) => 3 * n));
    expect(blocks.waitingBytes).toBe(2 * 9);
  });

  it('hands over several blocks of one read', () => {
    const blocks = new FrameBlocks(layout);
    let taken = 0;
    blocks.push(frames(15), () => taken++);
    expect(taken).toBe(3);
  });
});
