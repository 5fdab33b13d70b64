import { RigError } from '../../errors';
import type { Clock } from '../../ports';
import { AudioProgram } from '../card/audio-program';

export const PULSE_PACKAGE = 'pulseaudio-utils';
const ANSWER_WITHIN_MS = 10_000;

/** A sink or source of a sound server. */
export interface PulseDevice {
  readonly name: string;
  /** In the server's words: `s16le`. */
  readonly format: string;
  readonly channelCount: number;
  readonly rateHz: number;
}

export interface AskOptions {
  /** For messages. */
  readonly rig: string;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Sinks or sources of the server that PULSE_SERVER names, else the session's; PulseAudio or pipewire-pulse.
 * @throws RigError `HIL_RIG_PROGRAM_MISSING`, `HIL_RIG_NO_SERVER`.
 */
export async function pulseDevices(
  what: 'sinks' | 'sources',
  { rig, clock, environment }: AskOptions,
): Promise<readonly PulseDevice[]> {
  // The short form is the same in all versions; JSON came with 16.
  const program = new AudioProgram({
    argv: ['pactl', 'list', 'short', what],
    debianPackage: PULSE_PACKAGE,
    environment,
    clock,
    onLine: () => false,
  });
  const chunks: Buffer[] = [];
  program.onData((bytes) => void chunks.push(bytes));
  const wait = { isOver: false };
  const cancel = clock.after(ANSWER_WITHIN_MS, () => {
    wait.isOver = true;
    void program.close();
  });
  const end = await program.ended;
  cancel();
  if (end.startError !== undefined) throw program.missing(rig, end);
  if (end.fate !== 'ended with exit code 0') {
    const fate = wait.isOver
      ? `did not answer within ${ANSWER_WITHIN_MS / 1000} s`
      : `is not there: ${end.complaint}`;
    const server = environment['PULSE_SERVER'] ?? 'of this session';
    throw new RigError('HIL_RIG_NO_SERVER', `Rig ${rig}: the sound server ${server} ${fate}.`, {
      rig,
      server,
    });
  }
  return Buffer.concat(chunks).toString('utf8').split('\n').flatMap(deviceOf);
}

/** `0	earshot_rig	module-null-sink.c	s16le 2ch 48000Hz	IDLE` */
function deviceOf(line: string): readonly PulseDevice[] {
  const [, name, , specification = ''] = line.split('\t');
  const [, format, channels, rate] = /^(\S+) (\d+)ch (\d+)Hz$/.exec(specification) ?? [];
  if (name === undefined || format === undefined) return [];
  return [{ name, format, channelCount: Number(channels), rateHz: Number(rate) }];
}
