import type { SampleFormat } from '../../ports';
import type { CardProgram, ProgramNews } from '../card/card-program';
import { PULSE_PACKAGE } from './sound-server';

/** Sound that the server hands over at once. */
const CAPTURE_LATENCY_MS = 20;
/** Sound that it keeps in front of the output: nearly all that the rig is ahead, so that a server that is late takes none of it away. */
const PLAYBACK_LATENCY_MS = 200;

const pulseFormats: Readonly<Record<SampleFormat, string>> = {
  S16_LE: 's16le',
  S24_3LE: 's24le',
  S24_LE: 's24-32le',
  S32_LE: 's32le',
};

export interface PulseProgramOptions {
  readonly rig: string;
  /** Of the sink or source. */
  readonly device: string;
  readonly rateHz: number;
  readonly format: SampleFormat;
  readonly channelCount: number;
}

/** Words of PulseAudio's pacat.c with `--verbose`: `Stream underrun.`, and a line of times every 50 ms. */
function news(line: string): ProgramNews | undefined {
  if (/^Stream (?:under|over)run\./.test(line)) return { kind: 'xrun' };
  if (line.startsWith('Stream successfully created')) return { kind: 'ready' };
  return /^(?:Time: |Opening a |Connection established|Buffer metrics|Using sample spec|Connected to device|Stream (?:started|device|buffer attributes|moved)|Got (?:signal|EOF))/.test(
    line,
  )
    ? { kind: 'status' }
    : undefined;
}

const settings = (
  { rig, device, rateHz, format, channelCount }: PulseProgramOptions,
  latencyMs: number,
): readonly string[] => [
  ...['--verbose', '--raw', `--device=${device}`, `--client-name=earshot ${rig}`],
  ...[`--format=${pulseFormats[format]}`, `--rate=${rateHz}`, `--channels=${channelCount}`],
  // Channel for channel by their order, whatever the server calls them.
  ...['--no-remap', '--no-remix', `--latency-msec=${latencyMs}`],
];

/** `parec`, raw PCM on its stdout for as long as it runs. */
export const pulseRecorder = (options: PulseProgramOptions): CardProgram => ({
  argv: ['parec', ...settings(options, CAPTURE_LATENCY_MS)],
  debianPackage: PULSE_PACKAGE,
  news,
  refusal: () => undefined,
});

/** `pacat`, raw PCM on its stdin for as long as it runs. */
export const pulsePlayer = (options: PulseProgramOptions): CardProgram => ({
  argv: ['pacat', '--playback', ...settings(options, PLAYBACK_LATENCY_MS)],
  debianPackage: PULSE_PACKAGE,
  news,
  refusal: () => undefined,
});
