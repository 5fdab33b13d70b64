import type { Board, Clock, PortChoice, Power, ResetChoice } from '../ports';
import type { Dialect } from './dialect';
import type { ImageUnderTest } from './esp32s3';
import { SerialBoard } from './serial-board';
import { certainStep, stepsOfPort } from './reset';
import {
  consoleLinkOf,
  findPort,
  openReattaching,
  openSerialPort,
  type PortGap,
  type ResetLine,
} from './serial';

export interface SerialBoardOptions {
  readonly name: string;
  readonly model: string;
  /** Serial port, pseudo-terminal, or a port of a server. */
  readonly port: PortChoice;
  readonly baudRate: number;
  readonly dialect: Dialect;
  /** The board has to run this one; absent: whatever runs will do. */
  readonly image?: ImageUnderTest;
  readonly bootTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
  /** A wire that resets it for certain. Default: none, it is reset as `reset` says. */
  readonly resetLine?: ResetLine;
  /** Default: what fits its port. */
  readonly reset?: ResetChoice;
  /** What switches its power. Default: nothing does. */
  readonly power?: Power;
  /** How long to wait for a port that has gone. Default: 0, it is lost at once. */
  readonly reattachMs?: number;
}

/**
 * Opens a board and reads it from now on. It is not reset: what it prints first may be the middle of a session.
 * @throws BoardError `HIL_BOARD_PORT_MISSING`, `HIL_BOARD_PORT_AMBIGUOUS`, and as `openSerialPort`.
 */
export async function openSerialBoard(options: SerialBoardOptions): Promise<Board> {
  const { baudRate, clock } = options;
  const path = await findPort(options.port);
  const { reattachMs = 0 } = options;
  const presence =
    reattachMs > 0 ? await openReattaching({ path, baudRate, clock, withinMs: reattachMs }) : undefined;
  const transport = presence ?? (await openSerialPort({ path, baudRate, clock }));
  const { resetLine, reset = 'auto', power } = options;
  const isMicroPython = options.dialect.project === 'micropython';
  const steps =
    resetLine === undefined
      ? await stepsOfPort(reset, { path, transport, presence, baudRate, clock, power, isMicroPython })
      : [certainStep(resetLine)];
  const link = await consoleLinkOf(path, baudRate);
  const onGap = presence && ((listener: (gap: PortGap) => void) => presence.onGap(listener));
  return new SerialBoard({ ...options, transport, resetSteps: steps, link, ...(onGap && { onGap }) });
}
