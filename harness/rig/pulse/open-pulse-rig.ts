import { RigError } from '../../errors';
import { CardAudioRig, type CardRigSettings } from '../card/card-audio-rig';
import { pulsePlayer, pulseRecorder } from './pulse-programs';
import { pulseDevices, type PulseDevice } from './sound-server';

/** A rig of kind `pulse`, as in bench.yaml. */
export interface PulseRigOptions extends CardRigSettings {
  /** What it plays to, by name. */
  readonly sink: string;
  /** What it records from, by name; a sink's monitor is one. */
  readonly source: string;
}

/**
 * A sink and a source of PulseAudio or pipewire-pulse: one `parec` and one `pacat` for as long as the rig is open. The server that
 * PULSE_SERVER names is asked, else the session's. It converts between any rates without a word, so both have to run at the rig's.
 * @throws RigError of what kept it from opening: `HIL_RIG_NO_SERVER`, `HIL_RIG_CARD_MISSING`, `HIL_RIG_WRONG_RATE`,
 *   `HIL_RIG_CARD_REFUSED` for a channel that the source does not have, `HIL_RIG_PROGRAM_MISSING`.
 */
export async function openPulseRig(options: PulseRigOptions): Promise<CardAudioRig> {
  const { name: rig, rateHz, format, clock, environment, channels } = options;
  const asking = { rig, clock, environment };
  const sink = deviceNamed(options, 'sink', await pulseDevices('sinks', asking));
  const source = deviceNamed(options, 'source', await pulseDevices('sources', asking));
  const highest = Math.max(channels.speaker, channels.loopback ?? 0);
  if (highest >= source.channelCount)
    throw new RigError(
      'HIL_RIG_CARD_REFUSED',
      `Rig ${rig} is to hear input ${highest}, and source ${source.name} has ${source.channelCount}, counted from 0.`,
      { rig, source: source.name, channels: source.channelCount, wanted: highest },
    );
  const setting = { rig, rateHz, format };
  const [, host] = /^(?:\{[^}]*\})?tcp[46]?:([^ ]+)/.exec(environment['PULSE_SERVER'] ?? '') ?? [];
  return CardAudioRig.open({
    ...options,
    card: {
      kind: 'pulse',
      name: `${source.name} and ${sink.name} of the sound server`,
      stableId: `pulse:${source.name}+${sink.name}${host === undefined ? '' : `@${host}`}`,
    },
    inputs: source.channelCount,
    outputs: sink.channelCount,
    recorder: pulseRecorder({ ...setting, device: source.name, channelCount: source.channelCount }),
    player: pulsePlayer({ ...setting, device: sink.name, channelCount: sink.channelCount }),
  });
}

function deviceNamed(
  options: PulseRigOptions,
  what: 'sink' | 'source',
  devices: readonly PulseDevice[],
): PulseDevice {
  const { name: rig, rateHz } = options;
  const wanted = options[what];
  const device = devices.find(({ name }) => name === wanted);
  if (device === undefined) {
    const present = devices.map(({ name }) => name);
    throw new RigError(
      'HIL_RIG_CARD_MISSING',
      `Rig ${rig}: the sound server has no ${what} ${wanted}; it has ${present.join(', ') || 'none'}.`,
      { rig, wanted, present },
    );
  }
  if (device.rateHz !== rateHz)
    throw new RigError(
      'HIL_RIG_WRONG_RATE',
      `Rig ${rig} should run at ${rateHz} Hz, and ${what} ${wanted} runs at ${device.rateHz} Hz: the server would convert all that it hears.`,
      { rig, [what]: wanted, expectedHz: rateHz, foundHz: device.rateHz },
    );
  return device;
}
