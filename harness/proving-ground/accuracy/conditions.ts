import type { NoiseKind } from '../simulation/noise';
import type { Spoiling } from '../simulation/spoil';
import type { SyntheticTurnOptions } from '../simulation/synthetic-turn';

/** What a condition decides of a turn; the rest (clips, timing, noise) follows from its seed. */
export type TurnConditions = Pick<
  SyntheticTurnOptions,
  | 'snrDb'
  | 'noise'
  | 'room'
  | 'opus'
  | 'boardPpm'
  | 'bleedDb'
  | 'speakerGain'
  | 'loopbackGain'
  | 'topology'
  | 'endpointAfterMs'
> & {
  /** Full scale of the capture over the reply's active level. */
  readonly clipAboveLevelDb?: number;
  readonly underruns?: 'stall' | 'loss';
};

/** One row of the grid. */
export interface Condition {
  /** Part of every seed: under another name it would be another set of turns. */
  readonly name: string;
  readonly title: string;
  readonly group: string;
  readonly turn: TurnConditions;
  /** What happens to the finished capture. */
  readonly spoiling?: Spoiling;
  /**
   * `number`: without one it is a miss. `number-or-none`: no number is an answer, a wrong one is an error. `none`: nothing to
   * measure, so that a number is a false alarm.
   */
  readonly expects: 'number' | 'number-or-none' | 'none';
  /** Of the smoke run. */
  readonly small?: true;
}

const both = { reply: true, uplink: true } as const;
const room = (rt60Ms: number, directToReverberantDb: number) => ({ rt60Ms, directToReverberantDb });
const hardRoom = room(600, -6);

const noiseTitles: Readonly<Record<NoiseKind, string>> = {
  white: 'white noise',
  babble: 'babble of six talkers',
  hum: 'mains hum',
};
const snrsDb = [40, 20, 10, 5, 0] as const;

const noises = (['white', 'babble', 'hum'] as const).flatMap((noise) =>
  snrsDb.map((snrDb): Condition => ({
    name: `${noise}-${snrDb}`,
    title: `${noiseTitles[noise]}, ${snrDb} dB`,
    group: 'noise, dry',
    turn: { noise, snrDb },
    expects: 'number',
    ...(noise === 'white' && (snrDb === 20 || snrDb === 0) ? { small: true } : {}),
  })),
);

const measured = (
  group: string,
  snrDb: number,
  rows: readonly (readonly [string, string, TurnConditions])[],
): Condition[] =>
  rows.map(([name, title, turn]) => ({ name, title, group, turn: { snrDb, ...turn }, expects: 'number' }));

const rooms = measured('room, 20 dB', 20, [
  ['rt60-200', 'RT60 0.2 s, DRR 0 dB', { room: room(200, 0) }],
  ['rt60-300', 'RT60 0.3 s, DRR 0 dB', { room: room(300, 0) }],
  ['rt60-600', 'RT60 0.6 s, DRR 0 dB', { room: room(600, 0) }],
  ['drr+6', 'RT60 0.3 s, DRR +6 dB', { room: room(300, 6) }],
  ['drr+3', 'RT60 0.3 s, DRR +3 dB', { room: room(300, 3) }],
  ['drr-3', 'RT60 0.3 s, DRR -3 dB', { room: room(300, -3) }],
  ['drr-6', 'RT60 0.3 s, DRR -6 dB', { room: room(300, -6) }],
]);

const paths = measured('path, 20 dB', 20, [
  ['opus-reply', 'Opus on the reply', { opus: { reply: true, uplink: false } }],
  ['opus-uplink', 'Opus on the uplink', { opus: { reply: false, uplink: true } }],
  ['opus-both', 'Opus both ways', { opus: both }],
  ['drift+200', 'board 200 ppm fast', { boardPpm: 200 }],
  ['drift-200', 'board 200 ppm slow', { boardPpm: -200 }],
  ['clip+6', 'clipped 6 dB over the speech level', { clipAboveLevelDb: 6 }],
  ['clip+0', 'clipped at the speech level', { clipAboveLevelDb: 0 }],
  ['stall', 'underruns, the rest of the reply later', { underruns: 'stall' }],
  ['loss', 'underruns, sound lost', { underruns: 'loss' }],
  ['bleed-loud', "prompt's bleed as loud as the reply, RT60 0.6 s", { bleedDb: 0, room: hardRoom }],
  [
    'overlap-tail',
    "reply in the prompt's reverberant tail",
    { endpointAfterMs: -250, bleedDb: -6, room: room(600, 0) },
  ],
]);

const combined = measured('combined', 10, [
  ['room-10', 'RT60 0.6 s, DRR -6 dB, 10 dB', { room: hardRoom }],
  ['room-babble-10', 'RT60 0.3 s, DRR 0 dB, babble 10 dB', { room: room(300, 0), noise: 'babble' }],
  ['opus-room-10', 'Opus, RT60 0.3 s, DRR 0 dB, 10 dB', { room: room(300, 0), opus: both }],
  ['all-10', 'everything at once, 10 dB, +200 ppm', { room: hardRoom, opus: both, boardPpm: 200 }],
  ['all-slow-10', 'everything at once, 10 dB, -200 ppm', { room: hardRoom, opus: both, boardPpm: -200 }],
  [
    'all-babble-10',
    'everything at once, babble 10 dB',
    { room: hardRoom, opus: both, boardPpm: 200, noise: 'babble' },
  ],
  [
    'all-hum-10',
    'everything at once, hum 10 dB',
    { room: hardRoom, opus: both, boardPpm: -200, noise: 'hum' },
  ],
  ['all-0', 'everything at once, 0 dB', { room: hardRoom, opus: both, boardPpm: 200, snrDb: 0 }],
]);

/** One channel, and a prompt 20 dB below the reply in it. */
const oneChannel = { topology: 'bleed', bleedDb: -20 } as const;
const bleed = measured('one channel (bleed)', 40, [
  ['bleed-40', 'RT60 0.3 s, DRR 0 dB, 40 dB', { ...oneChannel, room: room(300, 0) }],
  ['bleed-20', 'RT60 0.3 s, DRR 0 dB, 20 dB', { ...oneChannel, room: room(300, 0), snrDb: 20 }],
  ['bleed-hard-20', 'RT60 0.6 s, DRR -6 dB, 20 dB', { ...oneChannel, room: hardRoom, snrDb: 20 }],
  [
    'bleed-all-20',
    'the same through Opus, +200 ppm',
    { ...oneChannel, room: hardRoom, snrDb: 20, opus: both, boardPpm: 200 },
  ],
  ['bleed-10', 'RT60 0.3 s, DRR 0 dB, 10 dB', { ...oneChannel, room: room(300, 0), snrDb: 10 }],
]);

const nothingToMeasure = (
  rows: readonly (readonly [string, string, TurnConditions, Spoiling?])[],
): Condition[] =>
  rows.map(([name, title, turn, spoiling]) => ({
    name,
    title,
    group: 'nothing to measure',
    turn: { snrDb: 20, ...turn },
    ...(spoiling === undefined ? {} : { spoiling }),
    expects: 'none',
  }));

const silentSpeaker = { speakerGain: 0 } as const;
const without = nothingToMeasure([
  ['no-reply-silence', 'no reply, silence', { ...silentSpeaker, snrDb: 80, bleedDb: -Infinity }],
  ['no-reply-white', 'no reply, white noise', silentSpeaker],
  ['no-reply-babble', 'no reply, babble', { ...silentSpeaker, noise: 'babble', snrDb: 10 }],
  ['no-reply-hum', 'no reply, mains hum', { ...silentSpeaker, noise: 'hum', snrDb: 10 }],
  [
    'no-reply-bleed',
    "no reply, the prompt's bleed and echo",
    { ...silentSpeaker, bleedDb: -6, room: hardRoom },
  ],
  ['another-reply', 'another reply than was sent', {}, 'another-reply'],
  ['no-loopback', 'nothing on the loopback', { loopbackGain: 0 }],
  ['digital-silence', 'digital silence on both channels', {}, 'digital-silence'],
  ['clipped-flat', 'converter stuck at full scale', {}, 'clipped-flat'],
  ['ends-early', 'capture ends ahead of the reply', {}, 'ends-before-reply'],
  ['ends-in-prompt', 'capture ends within the prompt', {}, 'ends-in-prompt'],
  ['capture-drops', 'periods of 10 ms lost between prompt and reply', {}, 'lost-periods'],
]);

const overlapWord: Condition = {
  name: 'overlap-word',
  title: "reply over the prompt's last word",
  group: 'path, 20 dB',
  turn: { snrDb: 20, endpointAfterMs: -450, bleedDb: -6, room: room(300, 0) },
  expects: 'number-or-none',
};

const inSmokeRun = new Set([
  'all-10',
  'overlap-tail',
  'bleed-20',
  'no-reply-babble',
  'capture-drops',
  'opus-both',
]);

/** The grid: each axis alone, then what is hard together, then what must not give a number. */
export const conditions: readonly Condition[] = [
  ...noises,
  ...rooms,
  ...paths,
  overlapWord,
  ...combined,
  ...bleed,
  ...without,
].map((condition) => (inSmokeRun.has(condition.name) ? { ...condition, small: true } : condition));
