import { readFile } from 'node:fs/promises';
import { startVirtualBoard, virtualDialects, type VirtualDialect } from '../../../firmware/virtual-board';
import { ConfigError } from '../../errors';
import { askedToEnd } from '../child-signals';
import { exitCodes } from '../exit-codes';

export interface VirtualBoardArguments {
  readonly dialect: string;
  readonly providerUrl: string;
  readonly crystalPpm: number;
  readonly model: string;
  /** The provider's, not the board's. */
  readonly providerModel: string | undefined;
  /** `NAME=VALUE` each. */
  readonly credentials: readonly string[];
  readonly question: string | undefined;
  readonly ntpServer: string | undefined;
  /** A PEM file. */
  readonly tlsCa: string | undefined;
  readonly faults: readonly string[];
  /** Started by a host: tell it by IPC and end with it. */
  readonly child: boolean;
  readonly json: boolean;
}

const isDialect = (name: string): name is VirtualDialect =>
  (virtualDialects as readonly string[]).includes(name);

function readCredentials(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      // What was written may be a secret.
      throw new ConfigError('HIL_CONFIG_USAGE', '--credential takes NAME=VALUE, and got no "=".');
    }),
  );
}

/** Runs a virtual board until it is asked to end. */
export async function virtualBoardCommand(args: VirtualBoardArguments): Promise<number> {
  const { dialect, providerUrl, crystalPpm, faults, providerModel, question, ntpServer, tlsCa } = args;
  if (!isDialect(dialect)) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `The virtual board has no dialect "${dialect}"; it has ${virtualDialects.join(', ')}.`,
    );
  }
  const board = await startVirtualBoard({
    dialect,
    providerUrl,
    crystalPpm,
    faults,
    credentials: readCredentials(args.credentials),
    ...(providerModel === undefined ? {} : { model: providerModel }),
    ...(question === undefined ? {} : { question }),
    ...(ntpServer === undefined ? {} : { ntpServer }),
    ...(tlsCa === undefined ? {} : { tlsCa: await readFile(tlsCa, 'utf8') }),
  });
  const { ptyPath, audioLink, control } = board;
  const ended = askedToEnd(args);
  if (args.child) process.send?.({ type: 'ready', ptyPath, audioLink, control });
  else if (args.json) {
    process.stdout.write(
      `${JSON.stringify({ schema: 'earshot/virtual-board@1', ptyPath, audioLink, control })}\n`,
    );
  } else {
    process.stdout.write(
      `console     ${ptyPath}\naudio link  ${audioLink.host}:${audioLink.port}\ncontrol     ${control.host}:${control.port}\nprovider    ${providerUrl}\nCtrl-C ends the board.\n`,
    );
  }
  await ended;
  await board.close();
  return exitCodes.passed;
}
