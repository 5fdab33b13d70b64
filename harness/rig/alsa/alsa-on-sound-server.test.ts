import { systemClock } from '../../ports';
import { onSoundServer } from '../card/__fixtures__/on-sound-server';
import { describeWithPulse, startPrivatePulse, type PrivatePulse } from '../__fixtures__/private-pulse';
import { openAlsaRig, type AlsaRigOptions } from './open-alsa-rig';

describeWithPulse('a rig of kind alsa through the pulse plugin of ALSA', () => {
  let pulse: PrivatePulse;
  beforeAll(async () => {
    pulse = await startPrivatePulse();
  });
  afterAll(() => pulse.close());

  const options = (): AlsaRigOptions => ({
    name: 'rig-1',
    card: 'pcm:earshot_rig',
    device: 0,
    inputs: 2,
    outputs: 1,
    rateHz: 48_000,
    format: 'S16_LE',
    channels: { speaker: 1, loopback: 0 },
    clock: systemClock,
    environment: { ...process.env, ...pulse.env },
  });

  onSoundServer('arecord and aplay', () => openAlsaRig(options()));

  it('takes 24 bits from a card that has them', async () => {
    const rig = await openAlsaRig({ ...options(), format: 'S24_3LE' });
    const samples = new Float32Array(480).fill(0.25);
    const { startedAtRigSample } = await rig.play({ rateHz: 48_000, samples });
    const { channels } = await rig.capture(startedAtRigSample, startedAtRigSample + 14_400);
    await rig.close();
    expect(channels[1]!.filter((sample) => Math.abs(sample - 0.25) < 1e-4)).toHaveLength(480);
  });

  it('says what ALSA says of a name that there is not', async () => {
    await expect(openAlsaRig({ ...options(), card: 'pcm:nobody' })).rejects.toMatchObject({
      code: 'HIL_RIG_CARD_MISSING',
      message: expect.stringContaining('Unknown PCM nobody'),
    });
  });
});
