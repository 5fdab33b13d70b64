/** Bursts through a real sound server, with its real buffers: within one open stream the way is equally long each time. */
import { systemClock } from '../../ports';
import { describeWithPulse, startPrivatePulse, type PrivatePulse } from '../__fixtures__/private-pulse';
import { openPulseRig } from '../pulse/open-pulse-rig';
import { burstProbe } from './check-levels';
import { RigProber } from './rig-prober';
import { arrivedBurst, streamRoundTrip, type ArrivedBurst } from './round-trip';

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
    try {
      const prober = new RigProber(rig);
      const bursts: ArrivedBurst[] = [];
      for (let count = 0; count < 3; count++) {
        const { best, firstRigSample, playedAtSample } = await prober.play(burstProbe(rig.rateHz, -20));
        expect(best).toMatchObject({
          role: 'loopback',
          heard: { breaks: [], silenced: [], clippedSamples: 0 },
        });
        expect(best!.heard.gainDb).toBeCloseTo(0, 1);
        bursts.push(arrivedBurst(best!.heard, firstRigSample, playedAtSample));
      }
      expect(streamRoundTrip(bursts, 0)!.spreadSamples).toBeLessThanOrEqual(1);
    } finally {
      await rig.close();
    }
  });
});
