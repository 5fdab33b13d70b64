import { startVirtualBoard } from '../../../firmware/virtual-board';
import { ConfigError } from '../../errors';
import { askedToEnd } from '../child-signals';
import { exitCodes } from '../exit-codes';

export interface VirtualBoardArguments {
  readonly dialect: string;
  readonly providerUrl: string;
  readonly crystalPpm: number;
  readonly model: string;
  readonly faults: readonly string[];
  /** Started by a host: tell it by IPC and end with it. */
  readonly child: boolean;
  readonly json: boolean;
}

/** Runs a virtual board until it is asked to end. */
export async function virtualBoardCommand(args: VirtualBoardArguments): Promise<number> {
  const { dialect, providerUrl, crystalPpm, faults } = args;
  if (dialect !== 'realtime-ws') {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `The virtual board has no dialect "${dialect}"; it has realtime-ws.`,
    );
  }
  const board = await startVirtualBoard({ dialect, providerUrl, crystalPpm, faults });
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
