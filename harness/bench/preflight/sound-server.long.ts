/** What the doctor says of cables and cards, on a real sound server that has the fault. */
import { systemClock } from '../../ports';
import { openPulseRig } from '../../rig';
import {
  describeWithPulse,
  startPrivatePulse,
  type PrivatePulse,
} from '../../rig/__fixtures__/private-pulse';
import { setSoundFault, type SetFault, type SoundFaultName } from '../../rig/__fixtures__/sound-faults';
import { fakeContext } from './__fixtures__/fake-context';
import type { CheckResult } from './check';
import { rigLines } from './rig-lines';
import { channels, continuity, levels, loopback, sampleRate } from './sound-checks';

jest.setTimeout(60_000);

describeWithPulse(
  'a sound server (skipped without PulseAudio: apt-get install pulseaudio pulseaudio-utils)',
  () => {
    let pulse: PrivatePulse;
    let fault: SetFault | undefined;
    beforeAll(async () => {
      pulse = await startPrivatePulse();
    });
    afterEach(() => fault?.undo());
    afterAll(() => pulse.close());

    async function examined(name: SoundFaultName | undefined): Promise<Record<string, CheckResult>> {
      fault = name === undefined ? undefined : await setSoundFault(pulse, name);
      const rig = await openPulseRig({
        name: 'lab rig',
        sink: 'cable_to_mic',
        source: 'earshot_rig.monitor',
        rateHz: 48_000,
        format: 'S16_LE',
        channels: { speaker: 1, loopback: 0 },
        topology: 'loopback',
        clock: systemClock,
        environment: { ...process.env, ...pulse.env, ...fault?.env },
      });
      try {
        const lines = await rigLines(rig, 0, new AbortController().signal);
        const context = fakeContext({
          parts: { rig: () => Promise.resolve(rig) },
          context: { sound: () => Promise.resolve(lines) },
        });
        const checks = [loopback, channels, sampleRate, levels, continuity];
        const results = checks.map(async (one) => [one.id, await one.run(context)] as const);
        return Object.fromEntries(await Promise.all(results));
      } finally {
        await rig.close();
      }
    }

    it('has a wired loopback, the rate that it says, and levels that pass', async () => {
      const told = await examined(undefined);
      for (const id of ['loopback', 'channels', 'sample-rate', 'levels'])
        expect([id, told[id]]).toEqual([id, expect.objectContaining({ state: 'ok' })]);
    });

    it.each<[SoundFaultName, string, RegExp]>([
      ['muted-to-mic', 'loopback', /^muted: /],
      ['no-loopback', 'loopback', /^(no loopback|muted): /],
      ['swapped-channels', 'channels', /^swapped channels: /],
      ['clipped-to-mic', 'levels', /^clipped: /],
      ['wrong-rate', 'sample-rate', /^wrong rate: .+44100 Hz/],
      ['dropped-periods', 'continuity', /^dropped periods: /],
    ])('with %s fails on the line %s', async (name, id, seen) => {
      expect((await examined(name))[id]).toMatchObject({
        state: 'fail',
        seen: expect.stringMatching(seen) as string,
      });
    });
  },
);
