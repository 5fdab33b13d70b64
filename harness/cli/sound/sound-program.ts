import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { childEnvironment } from '../../config';
import { ConfigError } from '../../errors';

/** How a stream of mono 16-bit PCM is asked for. */
export interface StreamFormat {
  readonly rateHz: number;
  /** As the program calls it; undefined: its default. */
  readonly device: string | undefined;
}

/** A program that records to its stdout, or plays from its stdin, raw mono s16le. */
export interface SoundProgram {
  readonly name: string;
  /** What Debian calls the package that has it. */
  readonly package: string;
  readonly args: (format: StreamFormat) => readonly string[];
}

const alsa = ({ rateHz, device }: StreamFormat): readonly string[] => [
  ...['-q', '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', `${rateHz}`],
  ...(device === undefined ? [] : ['-D', device]),
];
const pulse = ({ rateHz, device }: StreamFormat): readonly string[] => [
  ...['--raw', '--format=s16le', '--channels=1', `--rate=${rateHz}`, '--latency-msec=50'],
  ...(device === undefined ? [] : [`--device=${device}`]),
];

/** In the order in which they are looked for. */
export const recorders: readonly SoundProgram[] = [
  { name: 'arecord', package: 'alsa-utils', args: alsa },
  { name: 'parec', package: 'pulseaudio-utils', args: pulse },
];
export const players: readonly SoundProgram[] = [
  { name: 'aplay', package: 'alsa-utils', args: alsa },
  { name: 'pacat', package: 'pulseaudio-utils', args: (format) => ['--playback', ...pulse(format)] },
];

/** Where the search path has a program; undefined: nowhere. */
export function findProgram(name: string): string | undefined {
  const folders = (childEnvironment({})['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A program that is installed. */
export interface InstalledProgram extends SoundProgram {
  readonly path: string;
}

/**
 * The program that was asked for, or the first that is installed.
 * @throws ConfigError `HIL_CORPUS_PROGRAM` naming the packages.
 */
export function chooseProgram(
  programs: readonly SoundProgram[],
  wanted: string | undefined,
): InstalledProgram {
  const candidates = wanted === undefined ? programs : programs.filter(({ name }) => name === wanted);
  for (const program of candidates) {
    const path = findProgram(program.name);
    if (path !== undefined) return { ...program, path };
  }
  const missing = candidates.map(({ name, package: of }) => `${name} (package ${of})`).join(' nor ');
  throw new ConfigError(
    'HIL_CORPUS_PROGRAM',
    `${candidates.length > 1 ? 'Neither ' : ''}${missing} is ${candidates.length > 1 ? '' : 'not '}installed.`,
    { programs: candidates.map(({ name }) => name) },
  );
}
