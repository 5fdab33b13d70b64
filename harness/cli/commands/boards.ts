import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  boardsInQuarantine,
  describeHolder,
  inWords,
  leaseKeyOf,
  liftQuarantine,
  readLeases,
  releaseLease,
  type LeaseState,
  type QuarantinedBoard,
} from '../../bench';
import { ConfigError } from '../../errors';
import { systemClock, type Clock } from '../../ports';
import { exitCodes, type ExitCode } from '../exit-codes';
import { forgetOwnBaselines } from '../lanes/own-baselines';

/** Where words are printed and a person is asked. */
export interface BoardsTerminal {
  print(text: string): void;
  /** The answer to a question; undefined: nobody is there to be asked. */
  ask(question: string): Promise<string | undefined>;
}

const processTerminal: BoardsTerminal = {
  print: (text) => void process.stdout.write(text),
  async ask(question) {
    if (!process.stdin.isTTY) return undefined;
    const asking = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await asking.question(question);
    } finally {
      asking.close();
    }
  },
};

/** A holder that has not been heard of for so long hangs, or its machine was asleep. */
const SILENT_MS = 60_000;

const heldFor = ({ record }: LeaseState, nowMs: number): string => inWords(nowMs - record.sinceHostMs);

function rowOf(lease: LeaseState, nowMs: number): readonly string[] {
  const { record, state } = lease;
  const { name, key, command, user, leader, heartbeatHostMs } = record;
  const silentMs = nowMs - heartbeatHostMs;
  const states = {
    abandoned: 'free: its process has ended',
    held: silentMs > SILENT_MS ? `not heard of for ${inWords(silentMs)}` : 'held',
  };
  return [name, key, states[state], `${command} of ${user}`, String(leader.pid), heldFor(lease, nowMs)];
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const jsonOf = ({ record, state }: LeaseState, nowMs: number) => ({
  ...record,
  state,
  heldForMs: Math.round(nowMs - record.sinceHostMs),
  lastHeardOfMs: Math.round(nowMs - record.heartbeatHostMs),
});

const quarantineInWords = (boards: readonly QuarantinedBoard[]): string =>
  boards
    .map(
      ({ board, bench, reason, since }) =>
        `${board} of ${bench} is in quarantine since ${since.slice(0, 10)}: it ${reason}\n`,
    )
    .join('');

/** Shows what of this machine is held, and by whom. */
export async function listBoardsCommand(
  { json }: { readonly json: boolean },
  terminal: BoardsTerminal = processTerminal,
  clock: Clock = systemClock,
): Promise<ExitCode> {
  const leases = await readLeases();
  const nowMs = clock.nowMs();
  if (json) {
    const found = {
      schema: 'earshot/boards@1',
      leases: leases.map((lease) => jsonOf(lease, nowMs)),
      quarantine: boardsInQuarantine(),
    };
    terminal.print(`${JSON.stringify(found, null, 2)}\n`);
  } else if (leases.length === 0) terminal.print('Nobody has a board or a sound card of this machine.\n');
  else {
    const head = ['board', 'key', 'state', 'holder', 'process', 'for'];
    terminal.print(tableOf([head, ...leases.map((lease) => rowOf(lease, nowMs))]));
  }
  if (!json) terminal.print(quarantineInWords(boardsInQuarantine()));
  return exitCodes.passed;
}

export interface ReleaseArguments {
  readonly board: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** @throws ConfigError `HIL_CONFIG_USAGE` when none is meant, or several are. */
async function leaseMeant(board: string, leases: readonly LeaseState[]): Promise<LeaseState> {
  const key = await leaseKeyOf(board);
  const meant = leases.filter(
    ({ record }) =>
      [record.name, record.key, String(record.leader.pid), String(record.holder.pid)].includes(board) ||
      record.key === key,
  );
  const [lease] = meant;
  if (lease !== undefined && meant.length === 1) return lease;
  const held = leases.map(({ record }) => `${record.name} (${record.key})`).join(', ') || 'nothing';
  const what = lease === undefined ? `Nobody has "${board}"` : `${meant.length} leases go by "${board}"`;
  throw new ConfigError('HIL_CONFIG_USAGE', `${what}; held on this machine: ${held}.`, { board, held });
}

const done = {
  'was-free': 'was free already',
  asked: 'is free: its holder has ended',
  killed: 'is free: its holder did not end and was killed',
} as const;

/**
 * Has a board given back, once a person has said yes or `--force` says so.
 * @throws ConfigError `HIL_CONFIG_USAGE`; HilError `HIL_BENCH_HELD` where it is still held.
 */
export async function releaseBoardCommand(
  { board, force, json }: ReleaseArguments,
  terminal: BoardsTerminal = processTerminal,
  clock: Clock = systemClock,
): Promise<ExitCode> {
  const lease = await leaseMeant(board, await readLeases());
  const { name, key } = lease.record;
  if (!force && lease.state === 'held') {
    const holder = describeHolder(lease.record, clock.nowMs());
    const answer = await terminal.ask(`${name} (${key}) is held by ${holder}. End it? [y/N] `);
    if (answer === undefined)
      throw new ConfigError(
        'HIL_CONFIG_USAGE',
        `${name} is held by ${holder}, and nobody is here to say that it may be ended; --force says so.`,
        { board, holder: lease.record },
      );
    if (!/^y(es)?$/i.test(answer.trim())) {
      terminal.print(`${name} stays held.\n`);
      return exitCodes.benchFault;
    }
  }
  const how = await releaseLease(lease, { clock, force });
  terminal.print(
    json
      ? `${JSON.stringify({ schema: 'earshot/boards-release@1', name, key, how, holder: lease.record }, null, 2)}\n`
      : `${name} ${done[how]}.\n`,
  );
  return exitCodes.passed;
}

/**
 * Gives a board in quarantine work again. What it did before is forgotten: who mended it has changed it.
 * @throws ConfigError `HIL_CONFIG_USAGE` when none is meant, or boards of several benches are.
 */
export function liftBoardCommand(
  { board, bench }: { readonly board: string; readonly bench: string | undefined },
  terminal: Pick<BoardsTerminal, 'print'> = processTerminal,
): ExitCode {
  const boards = boardsInQuarantine();
  const meant = boards.filter(
    (one) => one.board === board && (bench === undefined || one.bench === resolve(bench)),
  );
  const [found] = meant;
  if (found === undefined || meant.length > 1) {
    const there = boards.map((one) => `${one.board} of ${one.bench}`).join(', ') || 'none';
    const what =
      found === undefined ? `No board "${board}" is in quarantine` : `Several are called "${board}"`;
    const message = `${what}; in quarantine: ${there}. --bench says which.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { board });
  }
  liftQuarantine(found);
  forgetOwnBaselines(found);
  terminal.print(`${board} gets work again.\n`);
  return exitCodes.passed;
}
