import type { Xrun } from '../../../ports';
import { seededUniform } from '../../../units';
import { audioRigContract } from '../../audio-rig.contract';
import type { CardAudioRig } from '../card-audio-rig';

/** Where a sound is in a capture, sample for sample. */
function placesOf(sound: Float32Array, capture: Float32Array): readonly number[] {
  const places: number[] = [];
  for (let at = 0; at + sound.length <= capture.length; at++) {
    let i = 0;
    while (i < sound.length && sound[i] === capture[at + i]) i++;
    if (i === sound.length) places.push(at);
  }
  return places;
}

/**
 * What a rig on the private sound server keeps: the contract of all rigs, every bit of a sound, the same way for each of them, and the word
 * of a player that had nothing to play.
 * @param open - A rig that plays to `cable_to_mic` and has `earshot_rig.monitor` as speaker (right) and loopback (left).
 */
export function onSoundServer(name: string, open: () => Promise<CardAudioRig>): void {
  // Buffers, processes and clocks are real: what a machine that is too busy has spoilt is tried again, and the log says so.
  jest.retryTimes(2, { logErrorsBeforeRetry: true });
  audioRigContract(name, open);

  describe(name, () => {
    let rig: CardAudioRig;
    beforeEach(async () => {
      rig = await open();
    });
    afterEach(() => rig.close());

    it('brings every sample back as it was, the same way later each time', async () => {
      const uniform = seededUniform(5);
      const samples = Float32Array.from(
        { length: 4800 },
        () => Math.round((uniform() - 0.5) * 40_000) / 32_768,
      );
      let ways: number[] = [];
      while (ways.length < 2) {
        const { startedAtRigSample: from } = await rig.play({ rateHz: 48_000, samples });
        const { channels, overruns } = await rig.capture(from, from + 16_800);
        // A machine that is too busy to feed the player says so; then it is tried again, as a turn is.
        if (overruns > 0) {
          ways = [];
          continue;
        }
        const places = placesOf(samples, channels[1]!);
        expect(places).toHaveLength(1);
        // Nothing of it on the board's cable.
        expect(Math.max(...channels[0]!)).toBe(0);
        ways.push(places[0]!);
      }
      expect(new Set(ways).size).toBe(1);
      // Handed over 220 ms ahead, which the buffers of server and programs hold.
      expect(ways[0]).toBeGreaterThan(7200);
    });

    it('begins no clip behind its time when this process was held up', async () => {
      await rig.capture(rig.position, rig.position + 28_800);
      const heldUpUntil = performance.now() + 500;
      while (performance.now() < heldUpUntil);
      const samples = new Float32Array(2400).fill(0.25);
      const { startedAtRigSample: from } = await rig.play({ rateHz: 48_000, samples });
      const { channels } = await rig.capture(from, from + 19_200);
      const loopback = channels[1]!;
      const first = loopback.findIndex((value) => value !== 0);
      expect(first).toBeGreaterThan(7200);
      expect(first).toBeLessThan(14_400);
      expect(loopback.subarray(first, first + 2400)).toEqual(samples);
    });

    it('tells of an underrun when the player was stopped', async () => {
      const xrun = new Promise<Xrun>((resolve) => void rig.onXrun(resolve));
      // Longer than a player may take to fill its buffer.
      await rig.capture(rig.position, rig.position + 12_000);
      const { player } = rig.processIds;
      const from = rig.position;
      process.kill(player!, 'SIGSTOP');
      await rig.capture(from, from + 14_400);
      process.kill(player!, 'SIGCONT');
      const { kind, atRigSample } = await xrun;
      expect(kind).toBe('underrun');
      expect(atRigSample).toBeGreaterThanOrEqual(from);
      const { overruns } = await rig.capture(from, atRigSample + 480);
      expect(overruns).toBeGreaterThan(0);
    });
  });
}
