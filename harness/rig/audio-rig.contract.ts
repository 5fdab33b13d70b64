import type { AudioRig, CaptureBlock } from '../ports';

const CLIP_RATE_HZ = 16_000;

const tone = (durationMs: number) => ({
  rateHz: CLIP_RATE_HZ,
  samples: Float32Array.from(
    { length: (durationMs * CLIP_RATE_HZ) / 1000 },
    (_, i) => 0.25 * Math.sin((2 * Math.PI * 1_000 * i) / CLIP_RATE_HZ),
  ),
});

const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

/**
 * What every rig promises, virtual or real. Latency of the output and noise are the rig's own affair, so what is played is
 * looked for with 300 ms of slack.
 * @param openRig - A rig of its own for every test, quiet; the contract closes it.
 */
export function audioRigContract(name: string, openRig: () => Promise<AudioRig>): void {
  describe(`AudioRig contract: ${name}`, () => {
    let rig: AudioRig;
    beforeEach(async () => {
      rig = await openRig();
    });
    afterEach(() => rig.close());

    const ms = (durationMs: number) => Math.round((durationMs * rig.rateHz) / 1000);
    const loopback = () => rig.roles.indexOf('loopback');

    it('captures without pause, block after block', async () => {
      const blocks: CaptureBlock[] = [];
      rig.onBlock((block) => blocks.push(block));
      const from = rig.position;
      await rig.capture(from, from + ms(200));
      expect(blocks.length).toBeGreaterThan(1);
      blocks.slice(1).forEach((block, i) => {
        const before = blocks[i]!;
        expect(block.firstRigSample).toBe(before.firstRigSample + before.channels[0]!.length);
        expect(block.hostAtMs).toBeGreaterThanOrEqual(before.hostAtMs);
        expect(block.channels).toHaveLength(rig.roles.length);
      });
    });

    it('stops calling a listener that was taken back', async () => {
      let calls = 0;
      const cancel = rig.onBlock(() => calls++);
      await rig.capture(rig.position, rig.position + ms(50));
      cancel();
      cancel();
      const before = calls;
      await rig.capture(rig.position, rig.position + ms(50));
      expect(calls).toBe(before);
    });

    it('waits for the last sample of a capture and gives exactly what was asked', async () => {
      const from = rig.position + 17;
      const slice = await rig.capture(from, from + ms(100) + 5);
      expect(rig.position).toBeGreaterThanOrEqual(from + ms(100) + 5);
      expect(slice.firstRigSample).toBe(from);
      expect(slice.rateHz).toBe(rig.rateHz);
      expect(slice.roles).toEqual(rig.roles);
      expect(slice.channels.map((channel) => channel.length)).toEqual(rig.roles.map(() => ms(100) + 5));
      expect(slice.maxLagMs).toBeGreaterThanOrEqual(0);
    });

    it('states when its samples were in hand, in order', async () => {
      const { clockPoints } = await rig.capture(rig.position, rig.position + ms(200));
      expect(clockPoints.length).toBeGreaterThan(1);
      clockPoints.slice(1).forEach((point, i) => {
        expect(point.rigSample).toBeGreaterThan(clockPoints[i]!.rigSample);
        expect(point.hostAtMs).toBeGreaterThanOrEqual(clockPoints[i]!.hostAtMs);
      });
    });

    it('gives the same samples for the same stretch later', async () => {
      const from = rig.position;
      const once = await rig.capture(from, from + ms(50));
      await rig.capture(rig.position, rig.position + ms(100));
      expect((await rig.capture(from, from + ms(50))).channels).toEqual(once.channels);
    });

    it('plays a clip of another rate, from the sample on that it names', async () => {
      const before = rig.position;
      const { startedAtRigSample, lengthSamples } = await rig.play(tone(300));
      expect(startedAtRigSample).toBeGreaterThanOrEqual(before);
      expect(lengthSamples).toBe(ms(300));
      if (loopback() < 0) return;
      const end = startedAtRigSample + lengthSamples;
      const slice = await rig.capture(startedAtRigSample, end + ms(300));
      const channel = slice.channels[loopback()]!;
      const quietRms = rms((await rig.capture(end + ms(300), end + ms(400))).channels[loopback()]!);
      expect(rms(channel)).toBeGreaterThan(10 * quietRms);
    });

    it('turns the clip down by the asked gain', async () => {
      if (loopback() < 0) return;
      const levels = [];
      for (const gainDb of [0, -20]) {
        const { startedAtRigSample } = await rig.play(tone(450), { gainDb });
        const from = startedAtRigSample + ms(320);
        levels.push(rms((await rig.capture(from, from + ms(100))).channels[loopback()]!));
        await rig.capture(from, from + ms(430));
      }
      expect(20 * Math.log10(levels[1]! / levels[0]!)).toBeCloseTo(-20, 0);
    });

    it('falls silent when muted', async () => {
      const { startedAtRigSample } = await rig.play(tone(3_000));
      await rig.capture(startedAtRigSample, startedAtRigSample + ms(400));
      const playing = await rig.capture(startedAtRigSample + ms(300), startedAtRigSample + ms(400));
      rig.mute();
      const from = rig.position + ms(320);
      const muted = await rig.capture(from, from + ms(100));
      if (loopback() < 0) return;
      expect(rms(muted.channels[loopback()]!)).toBeLessThan(rms(playing.channels[loopback()]!) / 10);
    });

    it('says so when it is used after it was closed, and closes twice', async () => {
      const waiting = rig.capture(rig.position, rig.position + ms(60_000));
      const outcome = expect(waiting).rejects.toMatchObject({ code: 'HIL_RIG_CLOSED' });
      await rig.close();
      await outcome;
      await rig.close();
      await expect(rig.capture(0, 1)).rejects.toMatchObject({ code: 'HIL_RIG_CLOSED' });
      await expect(rig.play(tone(10))).rejects.toMatchObject({ code: 'HIL_RIG_CLOSED' });
    });

    it('does not call a closed rig lost', async () => {
      let losses = 0;
      rig.onLost(() => losses++);
      await rig.close();
      expect(losses).toBe(0);
    });
  });
}
