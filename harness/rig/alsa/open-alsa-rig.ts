import { ConfigError } from '../../errors';
import { CardAudioRig, type CardRigSettings } from '../card/card-audio-rig';
import { alsaPlayer, alsaRecorder } from './alsa-programs';
import { chooseCard } from './choose-card';
import { listSoundCards, type SoundCard } from './sound-cards';

/** A rig of kind `alsa`, as in bench.yaml. */
export interface AlsaRigOptions extends CardRigSettings {
  /** `usb:VID:PID[:SERIAL]`, `usb-port:1-2.3`, `device:...`, or `pcm:NAME` of ALSA's configuration. */
  readonly card: string;
  /** Which of the card's devices. */
  readonly device: number;
  /** Channels that the card records and plays; the prompt is on all that it plays. */
  readonly inputs: number;
  readonly outputs: number;
  /** Default: this system's. */
  readonly platform?: NodeJS.Platform;
  readonly cards?: () => Promise<readonly SoundCard[]>;
}

/**
 * A sound card through ALSA's own tools: one `arecord` and one `aplay` for as long as the rig is open, on the same card, so that both
 * directions have one clock. Rate and format are the card's, nothing is converted on the way.
 * @throws ConfigError `HIL_RIG_UNAVAILABLE` where there is no ALSA; RigError of what kept it from opening.
 */
export async function openAlsaRig(options: AlsaRigOptions): Promise<CardAudioRig> {
  const {
    name,
    rateHz,
    format,
    inputs,
    outputs,
    platform = process.platform,
    cards = listSoundCards,
  } = options;
  if (platform !== 'linux')
    throw new ConfigError(
      'HIL_RIG_UNAVAILABLE',
      `Rig ${name} is of kind alsa, which Linux has; this is ${platform}, whose sound cards need a PulseAudio server and a rig of kind pulse.`,
      { rig: name, platform },
    );
  const { pcm, name: cardName, stableId } = await chooseCard(name, options.card, options.device, cards);
  const setting = { rig: name, pcm, rateHz, format };
  return CardAudioRig.open({
    ...options,
    card: { kind: 'alsa', name: cardName, stableId },
    recorder: alsaRecorder({ ...setting, channelCount: inputs }),
    player: alsaPlayer({ ...setting, channelCount: outputs }),
  });
}
