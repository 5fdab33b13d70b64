import type { AudioRig } from '../../ports';
import { audioRigContract } from '../audio-rig.contract';
import { InstantClock } from './__fixtures__/instant-clock';
import { LinkPeer, type PeerAnswer } from './__fixtures__/link-peer';
import { peakAt, quietWorld } from './__fixtures__/quiet-world';
import { openVirtualRig } from './open-virtual-rig';
import type { VirtualRigOptions } from './options';

const clock = new InstantClock();
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function peerThat(answer?: (mic: { blockIndex: number }) => PeerAnswer): Promise<LinkPeer> {
  const peer = await LinkPeer.open(answer);
  opened.push(peer);
  return peer;
}

async function rigOn(peer: LinkPeer, options: Partial<VirtualRigOptions> = {}): Promise<AudioRig> {
  const rig = await openVirtualRig({
    ...quietWorld,
    name: 'rig-1',
    audioLink: peer.address,
    clock,
    driftPpm: 0,
    ...options,
  });
  opened.push(rig);
  return rig;
}

const click = { rateHz: 48_000, samples: Float32Array.of(1) };

audioRigContract('virtual', async () => rigOn(await peerThat()));

describe('openVirtualRig', () => {
  it('greets the board with its rate, block and drift', async () => {
    const peer = await peerThat();
    const rig = await rigOn(peer, { driftPpm: 37, blockSamples: 240 });
    expect(peer.hello).toEqual({
      schema: 'earshot/audio-link@1',
      rateHz: 48_000,
      blockSamples: 240,
      rigPpm: 37,
    });
    expect(rig).toMatchObject({ name: 'rig-1', topology: 'virtual', roles: ['speaker', 'loopback'] });
  });

  it('plays a click that is found at the counted sample on every channel and by the board', async () => {
    const peer = await peerThat();
    const rig = await rigOn(peer);
    const { startedAtRigSample: at } = await rig.play(click);
    const { channels } = await rig.capture(0, at + 4_800);
    expect(rig.truth(0, at + 4_800)?.promptStartAtRigSample).toBe(at);
    expect(peakAt(channels[1]!)).toBe(at);
    expect(peakAt(channels[0]!)).toBe(at + 240);
    expect(peakAt(peer.mic)).toBe(at + 96);
  });

  it('captures the sound of the board at the sample that the truth names', async () => {
    const span = { itemId: 'item-1', sourceSample: 0, lengthSamples: 1, sourceRateHz: 24_000 };
    const peer = await peerThat(({ blockIndex }) => {
      const samples = new Float32Array(480);
      if (blockIndex !== 7) return { samples };
      samples[11] = 0.5;
      const atLinkSample = 7 * 480 + 11;
      const mark = { kind: 'uplink', streamSample: 3, atLinkSample, hostAtMs: 5 } as const;
      return { samples, truth: [{ kind: 'speaker', ...span, atLinkSample }, mark] };
    });
    const rig = await rigOn(peer);
    const { channels } = await rig.capture(0, 9_600);
    const truth = rig.truth(0, 9_600);
    expect(truth?.speakerSpans).toEqual([{ ...span, atRigSample: 3_371 + 48 }]);
    expect(truth?.uplinkMarks).toEqual([{ streamSample: 3, hostAtMs: 5, atRigSample: 3_371 - 96 }]);
    expect(peakAt(channels[0]!)).toBe(3_371 + 48);
    expect(channels[0]![3_371 + 48]).toBeCloseTo(0.5, 3);
  });

  it('converts a clip of another rate without moving it', async () => {
    const rig = await rigOn(await peerThat());
    const samples = new Float32Array(1_600);
    samples[800] = 0.5;
    const { startedAtRigSample, lengthSamples } = await rig.play({ rateHz: 16_000, samples });
    expect(lengthSamples).toBe(4_800);
    const { channels } = await rig.capture(startedAtRigSample, startedAtRigSample + 4_800);
    expect(peakAt(channels[1]!)).toBe(2_400);
  });

  it.each([0, 200, -200])('paces its blocks by a crystal that is off by %i ppm', async (driftPpm) => {
    const { clockPoints } = await (await rigOn(await peerThat(), { driftPpm })).capture(0, 480 * 300);
    const first = clockPoints[0]!;
    const last = clockPoints.at(-1)!;
    const samplesPerMs = (last.rigSample - first.rigSample) / (last.hostAtMs - first.hostAtMs);
    expect(samplesPerMs / 48).toBeCloseTo(1 + driftPpm * 1e-6, 9);
  });

  it('catches up at once when it is late, and records by how much it lagged', async () => {
    const peer = await peerThat(({ blockIndex }) => {
      if (blockIndex === 20) clock.spend(200);
      return {};
    });
    const rig = await rigOn(peer);
    const all = await rig.capture(0, 480 * 60);
    expect(all.maxLagMs).toBeCloseTo(190, 6);
    expect((await rig.capture(480 * 21, 480 * 22)).maxLagMs).toBeCloseTo(180, 6);
    expect((await rig.capture(0, 480 * 20)).maxLagMs).toBe(0);
    expect((await rig.capture(480 * 50, 480 * 60)).maxLagMs).toBe(0);
    expect(all.clockPoints[59]!.hostAtMs - all.clockPoints[0]!.hostAtMs).toBeCloseTo(590, 6);
  });

  it('stands still when it is too late for any take, and is in time from the next block on', async () => {
    const peer = await peerThat(({ blockIndex }) => {
      if (blockIndex === 20) clock.spend(30_000);
      return {};
    });
    const rig = await rigOn(peer);
    const all = await rig.capture(0, 480 * 60);
    expect(all.maxLagMs).toBeCloseTo(29_990, 6);
    expect((await rig.capture(480 * 21, 480 * 60)).maxLagMs).toBe(0);
    expect(all.clockPoints[20]!.hostAtMs - all.clockPoints[19]!.hostAtMs).toBeCloseTo(30_010, 6);
    expect(all.clockPoints[59]!.hostAtMs - all.clockPoints[20]!.hostAtMs).toBeCloseTo(380, 6);
  });
});

describe('a virtual rig that loses its board', () => {
  const loss = (rig: AudioRig) => new Promise<Error>((resolve) => void rig.onLost(resolve));

  it.each<[string, PeerAnswer]>([
    ['hangs up in the middle of a block', { hangUp: true }],
    ['sends garbage', { raw: Buffer.from('GET / HTTP/1.1\r\n\r\n') }],
    ['sends a frame of unknown kind', { raw: Buffer.from([1, 0, 0, 0, 99]) }],
    ['sends truth that is no JSON', { raw: Buffer.from([10, 0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 123]) }],
    ['answers another block', { blockIndex: 3 }],
    ['answers with a block of another length', { samples: new Float32Array(479) }],
    ['answers twice', { raw: Buffer.concat([1, 2].map(() => Buffer.from([1, 0, 0, 0, 2]))) }],
  ])('says so when the board %s', async (_, answer) => {
    const peer = await peerThat(({ blockIndex }) => (blockIndex === 5 ? answer : {}));
    const rig = await rigOn(peer);
    const waiting = expect(rig.capture(0, 480_000)).rejects.toMatchObject({ code: 'HIL_RIG_LINK_LOST' });
    expect(await loss(rig)).toMatchObject({ code: 'HIL_RIG_LINK_LOST', facts: { blockIndex: 5 } });
    await waiting;
    await expect(rig.play(click)).rejects.toMatchObject({ code: 'HIL_RIG_LINK_LOST' });
    expect((await rig.capture(0, 480 * 5)).channels[0]).toHaveLength(480 * 5);
    expect(await loss(rig)).toMatchObject({ code: 'HIL_RIG_LINK_LOST' });
  });

  it('gives up a board that hangs', async () => {
    let hung = (): void => undefined;
    const hanging = new Promise<void>((resolve) => (hung = resolve));
    const peer = await peerThat(({ blockIndex }) => {
      if (blockIndex === 3) hung();
      return { silent: blockIndex === 3 };
    });
    const rig = await rigOn(peer);
    const lost = loss(rig);
    await hanging;
    clock.fireWatchdogs();
    expect((await lost).message).toContain('did not answer within 10000 ms');
  });

  it('says where nobody listens', async () => {
    const peer = await LinkPeer.open();
    const { host, port } = peer.address;
    await peer.close();
    const opening = openVirtualRig({
      ...quietWorld,
      name: 'rig-1',
      audioLink: { host, port },
      clock,
      driftPpm: 0,
    });
    await expect(opening).rejects.toMatchObject({
      code: 'HIL_RIG_LINK_LOST',
      facts: { rig: 'rig-1', port },
    });
  });

  it.each([
    ['is no virtual board', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['welcomes with nothing', Buffer.from([5, 0, 0, 0, 2, 110, 117, 108, 108])],
  ])('refuses what %s', async (_, welcome) => {
    const peer = await LinkPeer.open(undefined, welcome);
    opened.push(peer);
    await expect(rigOn(peer)).rejects.toMatchObject({ code: 'HIL_RIG_LINK_LOST' });
  });
});
