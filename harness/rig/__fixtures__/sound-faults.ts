/**
 * What goes wrong between a sound card and a board, done to the private server of `startPrivatePulse`. Each fault is set by one function
 * before the rig is opened (mutes and levels work at any time), and taken back by what that returns.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivatePulse } from './private-pulse';

export interface SetFault {
  /** Variables for the program under test; faults of the card's driver come by its `PATH`, all others are in the server. */
  readonly env: Readonly<Record<string, string>>;
  undo(): Promise<unknown>;
}

type World = Pick<PrivatePulse, 'pactl' | 'env'>;
type Fault = (world: World) => Promise<SetFault>;

/** The two sinks that are the ends of the cables, by what they lead to. */
const cables = { toMic: 'cable_to_mic', fromSpeaker: 'cable_from_speaker' } as const;
const CARD = 'earshot_rig';

/** A command and the one that takes it back. */
const switched =
  (set: readonly string[], back: readonly string[]): Fault =>
  async ({ pactl }) => {
    await pactl(...set);
    return { env: {}, undo: () => pactl(...back) };
  };

const muted = (sink: string): Fault => switched(['set-sink-mute', sink, '1'], ['set-sink-mute', sink, '0']);

/** 250 % on the volume's cubic scale are 24 dB: speech of −20 dBFS saturates. */
const tooLoud = (sink: string): Fault =>
  switched(['set-sink-volume', sink, '250%'], ['set-sink-volume', sink, '100%']);

const remap = (sink: string, channel: string): readonly string[] => [
  'load-module',
  'module-remap-sink',
  `sink_name=${sink}`,
  `master=${CARD}`,
  'channels=1',
  'channel_map=mono',
  `master_channel_map=${channel}`,
  'remix=no',
];

/** Numbers of the modules that have this among their arguments. */
async function modulesWith({ pactl }: World, argument: string): Promise<readonly string[]> {
  return (await pactl('list', 'short', 'modules'))
    .split('\n')
    .filter((line) => line.split(/\s+/).includes(argument))
    .map((line) => line.split('\t')[0] ?? '');
}

/** Other sinks in the place of the cables; what plays or records there is ended. */
async function rewire(
  world: World,
  sinks: readonly (readonly string[])[],
  before: readonly string[],
): Promise<void> {
  for (const sink of before)
    for (const module of await modulesWith(world, `sink_name=${sink}`))
      await world.pactl('unload-module', module);
  for (const sink of sinks) await world.pactl(...sink);
}

const fitted = [remap(cables.toMic, 'front-left'), remap(cables.fromSpeaker, 'front-right')];
const both = Object.values(cables);

const swappedChannels: Fault = async (world) => {
  const crossed = [remap(cables.toMic, 'front-right'), remap(cables.fromSpeaker, 'front-left')];
  await rewire(world, crossed, both);
  return { env: {}, undo: () => rewire(world, fitted, both) };
};

/** The board hears the playback as ever; the card's other input hears nothing. */
const noLoopback: Fault = async (world) => {
  const elsewhere = [
    'load-module',
    'module-null-sink',
    `sink_name=${cables.toMic}`,
    'rate=48000',
    'channels=1',
    'channel_map=mono',
    'format=s16le',
    'norewinds=1',
  ];
  await rewire(world, [elsewhere], [cables.toMic]);
  return { env: {}, undo: () => rewire(world, fitted.slice(0, 1), [cables.toMic]) };
};

const programs = ['parec', 'pacat', 'arecord', 'aplay'] as const;

/** Puts programs in front of those that record and play; the virtual board, which says who it is, keeps its own. */
async function inFrontOf(
  names: readonly (typeof programs)[number][],
  script: (program: string, folder: string) => string,
): Promise<SetFault> {
  const folder = mkdtempSync(join(tmpdir(), 'eap-fault-'));
  const search = process.env['PATH'] ?? '';
  for (const name of names) {
    const { stdout } = await promisify(execFile)('sh', ['-c', `command -v ${name} || true`]);
    const program = stdout.trim();
    if (program === '') continue;
    const path = join(folder, name);
    const isBoard = 'case " $* " in *"=earshot virtual board "*) exec';
    writeFileSync(path, `#!/bin/sh\n${isBoard} ${program} "$@" ;; esac\n${script(program, folder)}\n`);
    chmodSync(path, 0o755);
  }
  return {
    env: { PATH: `${folder}${delimiter}${search}` },
    undo: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The card runs at 44 100 Hz and says 48 000: what is asked of it at 48 000 is done at the other rate. */
const wrongRate: Fault = () =>
  inFrontOf(programs, (program) =>
    [
      'for argument do',
      '  shift',
      '  case $argument in *48000*) argument=$(printf %s "$argument" | sed s/48000/44100/) ;; esac',
      '  set -- "$@" "$argument"',
      'done',
      `exec ${program} "$@"`,
    ].join('\n'),
  );

/** Every 250 ms of a recording, 10 ms of it are dropped without a word. */
const DROPPED_FRAMES = 480;
const KEPT_FRAMES = 11_520;

const dropsPeriods = `
const { spawn } = require('node:child_process');
const [program, ...args] = process.argv.slice(2);
const given = args.join(' ');
const numberOf = (pattern) => Number((pattern.exec(given) || [])[1] || 0);
const channels = numberOf(/--channels[= ](\\d+)/) || numberOf(/(?:^| )-c ?(\\d+)/) || 1;
const bytes = /s32|S32|float32/.test(given) ? 4 : /s24(?!-?32|_32)|S24_3/.test(given) ? 3 : /S24_LE|s24-32/.test(given) ? 4 : 2;
const frame = channels * bytes;
const kept = ${KEPT_FRAMES} * frame;
const round = kept + ${DROPPED_FRAMES} * frame;
const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'inherit'] });
let at = 0;
child.stdout.on('data', (chunk) => {
  let start = 0;
  while (start < chunk.length) {
    const place = at % round;
    const end = Math.min(chunk.length, start + (place < kept ? kept : round) - place);
    if (place < kept) process.stdout.write(chunk.subarray(start, end));
    at += end - start;
    start = end;
  }
});
process.stdout.on('error', () => child.kill());
for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => child.kill(name));
child.on('close', (code, signal) => process.exit(signal ? 1 : code));
`;

const droppedPeriods: Fault = () =>
  inFrontOf(['parec', 'arecord'], (program, folder) => {
    const filter = join(folder, 'drop.cjs');
    writeFileSync(filter, dropsPeriods);
    return `exec "${process.execPath}" "${filter}" ${program} "$@"`;
  });

/** What can be wrong with cables and card. `dead-mic` and `dead-speaker` are faults of the virtual board: `--fault`. */
export const soundFaults = {
  /** The prompt reaches neither the board nor the loopback. */
  'muted-to-mic': muted(cables.toMic),
  /** The board plays, and nothing of it arrives. */
  'muted-from-speaker': muted(cables.fromSpeaker),
  /** What should be the speaker channel is the loopback, and the other way round. */
  'swapped-channels': swappedChannels,
  'no-loopback': noLoopback,
  'clipped-to-mic': tooLoud(cables.toMic),
  'clipped-from-speaker': tooLoud(cables.fromSpeaker),
  'wrong-rate': wrongRate,
  'dropped-periods': droppedPeriods,
} as const satisfies Readonly<Record<string, Fault>>;

export type SoundFaultName = keyof typeof soundFaults;

/** Sets a fault. @throws Error with what the server said when it could not be set. */
export const setSoundFault = (world: World, name: SoundFaultName): Promise<SetFault> =>
  soundFaults[name](world);
