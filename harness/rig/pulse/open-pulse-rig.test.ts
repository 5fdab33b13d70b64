import { systemClock } from '../../ports';
import { onSoundServer } from '../card/__fixtures__/on-sound-server';
import {
  describeWithPulse,
  missingPackages,
  startPrivatePulse,
  type PrivatePulse,
} from '../__fixtures__/private-pulse';
import { openPulseRig, type PulseRigOptions } from './open-pulse-rig';

describeWithPulse('a rig of kind pulse on a sound server', () => {
  let pulse: PrivatePulse;
  beforeAll(async () => {
    pulse = await startPrivatePulse();
  });
  afterAll(() => pulse.close());

  const common = () => ({
    name: 'rig-1',
    rateHz: 48_000,
    format: 'S16_LE' as const,
    channels: { speaker: 1, loopback: 0 },
    clock: systemClock,
    environment: { ...process.env, ...pulse.env },
  });
  const pulseOptions = (): PulseRigOptions => ({
    ...common(),
    sink: 'cable_to_mic',
    source: 'earshot_rig.monitor',
  });

  onSoundServer('parec and pacat', () => openPulseRig(pulseOptions()));

  it('runs at the other rates where the server does', async () => {
    await Promise.all(
      [44_100, 96_000].map(async (rateHz) => {
        const sink = `at_${rateHz}`;
        const module = [
          'module-null-sink',
          `sink_name=${sink}`,
          `rate=${rateHz}`,
          'format=s16le',
          'norewinds=1',
        ];
        await pulse.pactl('load-module', ...module);
        const devices = { sink, source: `${sink}.monitor`, channels: { speaker: 0, loopback: 1 } };
        const rig = await openPulseRig({ ...pulseOptions(), ...devices, rateHz });
        const samples = new Float32Array(rateHz / 20).fill(0.25);
        const { startedAtRigSample: from } = await rig.play({ rateHz, samples });
        const { channels } = await rig.capture(from, from + Math.round(rateHz * 0.4));
        await rig.close();
        for (const channel of channels) expect(channel.filter((value) => value !== 0)).toEqual(samples);
      }),
    );
  });

  it('refuses a sink that the server would convert for', async () => {
    const module = await pulse.pactl('load-module', 'module-null-sink', 'sink_name=other_rate', 'rate=44100');
    await expect(openPulseRig({ ...pulseOptions(), sink: 'other_rate' })).rejects.toMatchObject({
      code: 'HIL_RIG_WRONG_RATE',
      message: expect.stringContaining('sink other_rate runs at 44100 Hz'),
    });
    await pulse.pactl('unload-module', module.trim());
  });

  it('says what there is in place of a name that there is not', async () => {
    await expect(openPulseRig({ ...pulseOptions(), source: 'mic' })).rejects.toMatchObject({
      code: 'HIL_RIG_CARD_MISSING',
      message: expect.stringMatching(/no source mic; it has earshot_rig\.monitor, /),
    });
    await expect(openPulseRig({ ...pulseOptions(), channels: { speaker: 2 } })).rejects.toMatchObject({
      code: 'HIL_RIG_CARD_REFUSED',
    });
  });
});

describe('openPulseRig', () => {
  const options = (environment: NodeJS.ProcessEnv): PulseRigOptions => ({
    name: 'rig-1',
    sink: 's',
    source: 'm',
    rateHz: 48_000,
    format: 'S16_LE',
    channels: { speaker: 0 },
    clock: systemClock,
    environment,
  });

  it('names the package of a program that is not there', async () => {
    await expect(openPulseRig(options({ PATH: '/nonexistent' }))).rejects.toMatchObject({
      code: 'HIL_RIG_PROGRAM_MISSING',
      message: expect.stringContaining('package pulseaudio-utils'),
    });
  });

  (missingPackages.length === 0 ? it : it.skip)('says that nobody serves', async () => {
    const environment = { ...process.env, PULSE_SERVER: 'unix:/nonexistent/pulse' };
    await expect(openPulseRig(options(environment))).rejects.toMatchObject({
      code: 'HIL_RIG_NO_SERVER',
      message: expect.stringMatching(/unix:\/nonexistent\/pulse is not there: .*Connection refused|failure/i),
    });
  });
});
