import { isHilError, type Origin } from '../errors';

/** DESIGN section 8. Node and Jest exit 1 on a crash of their own; a crash of ours must not read as a failed board. */
export const exitCodes = {
  passed: 0,
  boardFailed: 1,
  usage: 2,
  benchFault: 3,
  providerFault: 4,
  inconclusive: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const ofOrigin: Readonly<Record<Origin, ExitCode>> = {
  board: exitCodes.boardFailed,
  bench: exitCodes.benchFault,
  harness: exitCodes.benchFault,
  provider: exitCodes.providerFault,
  config: exitCodes.usage,
};

/** Exit code of a command that ended with this error; what is not ours is a harness fault. */
export const exitCodeOfError = (thrown: unknown): ExitCode =>
  isHilError(thrown) ? ofOrigin[thrown.origin] : exitCodes.benchFault;

/** DESIGN section 8: of several that hold, which is told. */
const precedence: readonly ExitCode[] = [
  exitCodes.usage,
  exitCodes.interrupted,
  exitCodes.boardFailed,
  exitCodes.benchFault,
  exitCodes.providerFault,
  exitCodes.inconclusive,
  exitCodes.passed,
];

/** The one of these that a command with all of them ends with; `inconclusive` of none. */
export const firstExitCode = (codes: readonly ExitCode[]): ExitCode =>
  precedence.find((code) => codes.includes(code)) ?? exitCodes.inconclusive;
