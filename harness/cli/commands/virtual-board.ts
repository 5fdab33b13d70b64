import { readFile } from 'node:fs/promises';
import {
  startVirtualBoard,
  virtualDialects,
  type ServerSoundOptions,
  type VirtualDialect,
} from '../../../firmware/virtual-board';
import { ConfigError } from '../../errors';
import { askedToEnd } from '../child-signals';
import { readCredentials } from '../credential-options';
import { exitCodes } from '../exit-codes';

export interface VirtualBoardArguments {
  readonly dialect: string;
  readonly providerUrl: string;
  readonly crystalPpm: number;
  /** Milliseconds; undefined: as long as by default. */
  readonly addressAfterMs: number | undefined;
  readonly model: string;
  /** The provider's, not the board's. */
  readonly providerModel: string | undefined;
  /** `NAME=VARIABLE` each. */
  readonly credentials: readonly string[];
  readonly question: string | undefined;
  readonly ntpServer: string | undefined;
  /** A PEM file. */
  readonly tlsCa: string | undefined;
  /** Path of a link to the console. */
  readonly link: string | undefined;
  /** 0: any free port; undefined: no server. */
  readonly rfc2217Port: number | undefined;
  readonly faults: readonly string[];
  /** A file. */
  readonly flash: string | undefined;
  /** GPIO0 is low at power-on. */
  readonly download: boolean;
  /** The firmware prints markers. */
  readonly markers: boolean;
  /** Undefined: its sound is on an audio link. */
  readonly sound: ServerSoundOptions | undefined;
  /** Credentials and CA come by IPC. */
  readonly accessByIpc: boolean;
  /** Started by a host: tell it by IPC and end with it. */
  readonly child: boolean;
  readonly json: boolean;
}

const isDialect = (name: string): name is VirtualDialect =>
  (virtualDialects as readonly string[]).includes(name);

/** What a parent tells its child instead of writing it where everybody can read it. */
interface AccessMessage {
  readonly credentials: Readonly<Record<string, string>>;
  readonly tlsCa?: string;
}

const fromParent = (): Promise<AccessMessage> =>
  new Promise((resolve) => process.once('message', (message) => resolve(message as AccessMessage)));

async function accessOf(args: VirtualBoardArguments): Promise<AccessMessage> {
  if (args.accessByIpc) return fromParent();
  return {
    credentials: readCredentials(args.credentials),
    ...(args.tlsCa === undefined ? {} : { tlsCa: await readFile(args.tlsCa, 'utf8') }),
  };
}

/** Runs a virtual board until it is asked to end. */
export async function virtualBoardCommand(args: VirtualBoardArguments): Promise<number> {
  const { dialect, providerUrl, crystalPpm, faults, providerModel, question, ntpServer, rfc2217Port, flash } =
    args;
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
    startsInDownload: args.download,
    ...(flash === undefined ? {} : { flashPath: flash }),
    markers: args.markers,
    ...(args.addressAfterMs === undefined ? {} : { addressAfterMs: args.addressAfterMs }),
    ...(await accessOf(args)),
    ...(providerModel === undefined ? {} : { model: providerModel }),
    ...(question === undefined ? {} : { question }),
    ...(ntpServer === undefined ? {} : { ntpServer }),
    ...(rfc2217Port === undefined ? {} : { rfc2217Port }),
    ...(args.sound === undefined ? {} : { sound: args.sound }),
    ...(args.link === undefined ? {} : { consoleLink: args.link }),
  });
  const { ptyPath, audioLink, control, rfc2217 } = board;
  const sides = {
    ptyPath,
    ...(audioLink === undefined ? {} : { audioLink }),
    control,
    ...(rfc2217 === undefined ? {} : { rfc2217 }),
  };
  const ended = askedToEnd(args);
  if (args.child) process.send?.({ type: 'ready', ...sides });
  else if (args.json) {
    process.stdout.write(`${JSON.stringify({ schema: 'earshot/virtual-board@1', ...sides })}\n`);
  } else {
    const server = rfc2217 === undefined ? '' : `RFC 2217    rfc2217://${rfc2217.host}:${rfc2217.port}\n`;
    const sound =
      audioLink === undefined
        ? `sound       ${args.sound?.source ?? ''} to ${args.sound?.sink ?? ''}`
        : `audio link  ${audioLink.host}:${audioLink.port}`;
    process.stdout.write(
      `console     ${args.link ?? ptyPath}\n${server}${sound}\ncontrol     ${control.host}:${control.port}\nprovider    ${providerUrl}\nCtrl-C ends the board.\n`,
    );
  }
  await ended;
  await board.close();
  return exitCodes.passed;
}
