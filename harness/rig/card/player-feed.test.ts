import { PlaybackMixer } from '../stream/playback-mixer';
import { PlayerFeed } from './player-feed';
import { decodeChannel } from './sample-codec';

const BLOCK = 480;

class Player {
  readonly bytes: Buffer[] = [];
  waitingBytes = 0;
  write(bytes: Buffer): void {
    this.bytes.push(bytes);
  }
  /** Left channel of all that was written. */
  get samples(): Float32Array {
    return decodeChannel(Buffer.concat(this.bytes), 'S16_LE', 2, 0);
  }
}

function feeding({ isReady = true } = {}) {
  const players: Player[] = [];
  const mixer = new PlaybackMixer(BLOCK, 240);
  const feed = new PlayerFeed({
    mixer,
    blockSamples: BLOCK,
    rateHz: 48_000,
    format: 'S16_LE',
    channelCount: 2,
    start: () => {
      const player = new Player();
      players.push(player);
      return player;
    },
  });
  if (isReady) feed.isReady();
  const blocks = (count: number, lagMs = 0): void => {
    for (let i = 0; i < count; i++) feed.next(lagMs);
  };
  return { players, mixer, feed, blocks };
}

const AHEAD = 10_560;
const half = (lengthSamples: number) => new Float32Array(lengthSamples).fill(0.5);

describe('PlayerFeed', () => {
  it('keeps the player 220 ms ahead: one block out for each block in', () => {
    const { players, blocks } = feeding();
    expect(players[0]!.samples).toHaveLength(AHEAD);
    blocks(10);
    expect(players[0]!.samples).toEqual(new Float32Array(AHEAD + 10 * BLOCK));
  });

  it('brings a clip to the same place behind the sample that it names, every time', () => {
    const { players, mixer, blocks } = feeding();
    for (const before of [0, 13, 50]) {
      blocks(before);
      const { startedAtRigSample } = mixer.start(half(1000), 1);
      blocks(20);
      const { samples } = players[0]!;
      // Block k of the capture was in hand when block k + 1 of the mixer went out.
      const from = AHEAD + startedAtRigSample - BLOCK;
      expect([samples[from - 1], samples[from], samples[from + 999], samples[from + 1000]]).toEqual([
        0, 0.5, 0.5, 0,
      ]);
    }
  });

  it('fills a player when that has opened the card, however long that takes', () => {
    const { players, feed, blocks } = feeding({ isReady: false });
    blocks(60);
    expect([players[0]!.bytes.length, feed.isFilled]).toEqual([0, false]);
    feed.isReady();
    feed.isReady();
    blocks(2);
    expect(players[0]!.samples).toHaveLength(AHEAD + 2 * BLOCK);
    expect(feed.isFilled).toBe(true);
  });

  it('fills one that says nothing after a second, or when there is something to play', () => {
    const silent = feeding({ isReady: false });
    silent.blocks(99);
    expect(silent.players[0]!.bytes).toHaveLength(0);
    silent.blocks(1);
    expect(silent.players[0]!.samples).toHaveLength(AHEAD + BLOCK);
    const asked = feeding({ isReady: false });
    asked.mixer.start(half(BLOCK), 1);
    asked.blocks(1);
    expect(asked.players[0]!.samples).toHaveLength(AHEAD + BLOCK);
  });

  it('puts another player in place of one that ran dry, in a long silence only', () => {
    const { players, mixer, feed, blocks } = feeding();
    feed.ranDry();
    mixer.start(half(BLOCK * 100), 1);
    blocks(100 + 199);
    expect(players).toHaveLength(1);
    blocks(1);
    expect(players).toHaveLength(2);
    feed.isReady();
    blocks(1);
    expect(players[1]!.samples).toHaveLength(AHEAD + BLOCK);
    blocks(1000);
    expect(players).toHaveLength(2);
  });

  it('can be given another player ahead of a clip, once the last one has been heard', () => {
    const { players, mixer, feed, blocks } = feeding();
    blocks(100);
    expect(feed.wantsRefresh).toBe(false);
    feed.ranDry();
    expect(feed.wantsRefresh).toBe(true);
    mixer.start(half(BLOCK), 1);
    blocks(2);
    expect(feed.wantsRefresh).toBe(false);
    blocks(59);
    expect(feed.wantsRefresh).toBe(true);
    feed.refresh();
    expect([players.length, feed.wantsRefresh, feed.isFilled]).toEqual([2, false, false]);
  });

  it('does the same when this process was held up for longer than the player was filled', () => {
    const { players, blocks } = feeding();
    blocks(1, 210);
    blocks(300);
    expect(players).toHaveLength(1);
    blocks(1, 230);
    blocks(300);
    expect(players).toHaveLength(2);
  });

  it('adds no silence to what a player does not take, and loses no sound', () => {
    const { players, mixer, blocks } = feeding();
    const [player] = players as [Player];
    player.waitingBytes = 24_000 * 4 + 1;
    blocks(50);
    expect(player.samples).toHaveLength(AHEAD);
    mixer.start(half(BLOCK), 1);
    blocks(2);
    expect(player.samples).toHaveLength(AHEAD + BLOCK);
    expect(player.samples.at(-1)).toBe(0.5);
  });
});
