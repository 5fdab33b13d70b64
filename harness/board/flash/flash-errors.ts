import { BoardError } from '../../errors';
import { hexOffset } from '../esp32s3/hex';

/** The ROM's line on what it booted, of what the port brought; undefined when there was none. */
const bootLine = (printed: string): string | undefined => /rst:0x[0-9a-f]+ \([^\r\n]*/.exec(printed)?.[0];

export function noLoaderError(port: string, hasLines: boolean, printed: string, cause: unknown): BoardError {
  const line = bootLine(printed);
  const seen =
    line !== undefined
      ? `it printed "${line}"`
      : printed === ''
        ? 'it printed nothing'
        : 'it printed, but no boot';
  const lines = hasLines ? '' : '; the port has no modem lines, so nothing was reset';
  return new BoardError(
    'HIL_FLASH_NO_LOADER',
    `The chip on ${port} does not answer as a loader: ${seen}${lines}.`,
    { port, hasModemLines: hasLines, ...(line === undefined ? {} : { bootLine: line }) },
    { cause },
  );
}

export const otherChipError = (port: string, chip: string): BoardError =>
  new BoardError('HIL_FLASH_OTHER_CHIP', `The chip on ${port} is ${chip}; expected ESP32-S3.`, {
    port,
    chip,
  });

export const protectedError = (port: string, protection: string): BoardError =>
  new BoardError(
    'HIL_FLASH_PROTECTED',
    `The chip on ${port} has ${protection}; expected one without, which boots what is written as it is.`,
    { port, protection },
  );

/** Of esptool-js, whose sentences end with a stop or without. */
const wordsOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');

export const transferError = (port: string, what: string, baudRate: number, cause: unknown): BoardError =>
  new BoardError(
    'HIL_FLASH_TRANSFER',
    `The loader on ${port} broke off at ${baudRate} baud while ${what}: ${wordsOf(cause)}.`,
    { port, baudRate, while: what },
    { cause },
  );

export const verifyError = (
  port: string,
  name: string,
  offset: number,
  seen: string,
  expected: string,
): BoardError =>
  new BoardError(
    'HIL_FLASH_VERIFY',
    `The flash on ${port} does not hold ${name} at ${hexOffset(offset)}: its MD5 is ${seen}, expected ${expected}.`,
    { port, name, offset, seen, expected },
  );

export const noRoomError = (name: string, what: string): BoardError =>
  new BoardError('HIL_FLASH_NO_ROOM', `${name} ${what}.`, { name });

export const nvsError = (what: string): BoardError => new BoardError('HIL_FLASH_NVS', `The NVS ${what}.`, {});

export const interruptedError = (port: string, state: FlashState): BoardError =>
  new BoardError('HIL_FLASH_INTERRUPTED', `Flashing was interrupted ${inWords[state](port)}.`, {
    port,
    state,
  });

/** What an end before the end leaves in the flash. */
export type FlashState = 'untouched' | 'half-written' | 'written';

const inWords: Readonly<Record<FlashState, (port: string) => string>> = {
  untouched: (port) => `before anything was written: the board on ${port} has the firmware that it had`,
  'half-written': (port) =>
    `in the middle: the flash of the board on ${port} is half written, and it will not boot until it is flashed again`,
  written: (port) =>
    `after everything was written and verified, before the board on ${port} was restarted: its RESET boots it`,
};

export const toolMissingError = (programs: readonly string[]): BoardError =>
  new BoardError('HIL_FLASH_TOOL_MISSING', `There is no ${programs.join(' and no ')} on this machine.`, {
    programs,
  });

/** How a program came to its end, and the line of its output that says why. */
export interface ToolEnd {
  readonly program: string;
  readonly exitCode: number | null;
  readonly why: string | undefined;
  readonly stderr: string;
}

export const toolFailedError = (what: string, { program, exitCode, why, stderr }: ToolEnd): BoardError => {
  const end = exitCode === null ? 'was killed' : `ended with exit code ${exitCode}`;
  const words = why === undefined ? '; it did not say why' : `: ${why.replace(/\.$/, '')}`;
  return new BoardError('HIL_FLASH_TOOL_FAILED', `${program} ${end} while ${what}${words}.`, {
    program,
    exitCode,
    while: what,
    stderr,
  });
};

export const unverifiedError = (program: string, verified: number, regions: number): BoardError =>
  new BoardError(
    'HIL_FLASH_TOOL_FAILED',
    `${program} ended well, but said of ${verified} regions that it verified them; expected ${regions}.`,
    { program, exitCode: 0, verified, regions },
  );
