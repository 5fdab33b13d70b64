import { RigError } from '../../errors';
import type { SampleFormat } from '../../ports';
import type { ProgramEnd } from '../card/audio-program';
import type { CardProgram, ProgramNews } from '../card/card-program';

const DEBIAN_PACKAGE = 'alsa-utils';
/** The recorder hands sound over this often, and has this long until it loses some. */
const CAPTURE_PERIOD_US = 10_000;
const CAPTURE_BUFFER_US = 1_000_000;
/**
 * The player takes sound this often, and begins when it holds so much, however large the card makes its buffer: nearly all that the rig is
 * ahead, so that a machine that is late takes none of it away.
 */
const PLAYBACK_PERIOD_US = 10_000;
const PLAYBACK_BUFFER_US = 200_000;
const PLAYBACK_START_US = 180_000;

export interface AlsaProgramOptions {
  readonly rig: string;
  readonly pcm: string;
  readonly rateHz: number;
  readonly format: SampleFormat;
  readonly channelCount: number;
}

/**
 * Words of alsa-utils' aplay.c: `overrun!!! (at least 12.345 ms long)`, the status that `-v` adds behind it, and the set-up that it
 * prints once, with the rate that the card really has.
 */
function news(line: string): ProgramNews | undefined {
  const [, lastedMs] = /^(?:over|under)run!!!(?: \(at least (-?[\d.]+) ms long\))?/.exec(line) ?? [];
  if (/^(?:over|under)run!!!/.test(line))
    return { kind: 'xrun', ...(lastedMs === undefined ? {} : { lastedMs: Math.max(0, Number(lastedMs)) }) };
  const [, rate] = /^rate +: (\d+)$/.exec(line) ?? [];
  if (rate !== undefined) return { kind: 'ready', rateHz: Number(rate) };
  return /^\w+ +: |^trigger_time: |^(?:Its setup is|Status):$|^(?:ALSA <->|\w+ PCM|Slave)\b/.test(line)
    ? { kind: 'status' }
    : undefined;
}

const refusals = [
  [/Device or resource busy/, 'HIL_RIG_CARD_BUSY', 'somebody else has it open'],
  [
    /No such (?:file or directory|device)|Unknown PCM|Connection refused/,
    'HIL_RIG_CARD_MISSING',
    'it is not there',
  ],
  [
    /no[nt] available|Channels count|Sample format|Rate .*not accurate|Unable to install hw params|Invalid argument/,
    'HIL_RIG_CARD_REFUSED',
    'it cannot be set up like that',
  ],
] as const;

const refusal =
  (what: string, { rig, pcm, rateHz, format, channelCount }: AlsaProgramOptions) =>
  ({ complaint }: ProgramEnd): RigError | undefined => {
    const known = refusals.find(([pattern]) => pattern.test(complaint));
    if (known === undefined) return undefined;
    const [, code, why] = known;
    const setting = `${rateHz} Hz, ${format}, ${channelCount} ${channelCount === 1 ? 'channel' : 'channels'}`;
    return new RigError(
      code,
      `Rig ${rig} cannot ${what} ${pcm} at ${setting}: ${why}. ALSA says ${JSON.stringify(complaint)}.`,
      { rig, pcm, rateHz, format, channels: channelCount },
    );
  };

const settings = (
  { pcm, rateHz, format, channelCount }: AlsaProgramOptions,
  bufferUs: number,
  periodUs: number,
): readonly string[] => [
  // Quiet of headings, but not of the set-up, which tells the rate that the card has.
  ...['-q', '-v', '-D', pcm, '-t', 'raw', '-f', format],
  ...['-r', String(rateHz), '-c', String(channelCount)],
  // A rate, format or channel that the card does not have is refused and never made up for.
  ...['--disable-resample', '--disable-format', '--disable-channels', '--disable-softvol'],
  `--buffer-time=${bufferUs}`,
  `--period-time=${periodUs}`,
];

/** `arecord`, raw PCM on its stdout for as long as it runs. */
export const alsaRecorder = (options: AlsaProgramOptions): CardProgram => ({
  argv: ['arecord', ...settings(options, CAPTURE_BUFFER_US, CAPTURE_PERIOD_US)],
  debianPackage: DEBIAN_PACKAGE,
  news,
  refusal: refusal('record from', options),
});

/** `aplay`, raw PCM on its stdin for as long as it runs. */
export const alsaPlayer = (options: AlsaProgramOptions): CardProgram => ({
  argv: [
    'aplay',
    ...settings(options, PLAYBACK_BUFFER_US, PLAYBACK_PERIOD_US),
    `--start-delay=${PLAYBACK_START_US}`,
  ],
  debianPackage: DEBIAN_PACKAGE,
  news,
  refusal: refusal('play to', options),
});
