/** Bursts through a real sound server, with its real buffers: within one open stream the way is equally long each time. */
import { systemClock } from '../../ports';
import { describeWithPulse, startPrivatePulse, type PrivatePulse } from '../__fixtures__/private-pulse';
import { openPulseRig } from '../pulse/open-pulse-rig';
import { burstProbe } from './check-levels';
import { heardTake } from './heard-take';
import { RigProber } from './rig-prober';
import { arrivedBurst, streamRoundTrip } from './round-trip';

jest.retryTimes(2, { logErrorsBeforeRetry: true });

describeWithPulse('a rig on a sound server (skipped without PulseAudio)', () => {
  let pulse: PrivatePulse;
  beforeAll(async () => {
    pulse = await startPrivatePulse();
  });
  afterAll(() => pulse.close());

  it('has a round trip that repeats to a sample, by wire and at full level', async () => {
    const rig = await openPulseRig({
      name: 'rig-1',
      sink: 'cable_to_mic',
      source: 'earshot_rig.monitor',
      rateHz: 48_000,
      format: 'S16_LE',
      channels: { speaker: 1, loopback: 0 },
      clock: systemClock,
      environment: { ...process.env, ...pulse.env },
    });
    let xruns = 0;
    rig.onXrun(() => xruns++);
    try {
      const prober = new RigProber(rig);
      const burst = burstProbe(rig.rateHz, -20);
      const recorded = [await prober.play(burst), await prober.play(burst), await prober.play(burst)];
      const takes = recorded.map((take) => heardTake(take, { noiseRms: [0, 0] }));
      const spread = streamRoundTrip(
        takes.flatMap((take) => arrivedBurst(take) ?? []),
        0,
      )!.spreadSamples;
      // A machine that has no time for its sound loses some, the rig says so, and it is tried again.
      expect(xruns).toBe(0);
      expect(spread).toBeLessThanOrEqual(1);
      for (const { best } of takes) {
        expect(best).toMatchObject({ role: 'loopback', heard: { breaks: [], clippedSamples: 0 } });
        expect(best!.heard.gainDb).toBeCloseTo(0, 1);
      }
    } finally {
      await rig.close();
    }
  });
});
