import { isHilError } from '../errors';

/** A serial port did not take what was written to it, as one whose board reads nothing does once its buffers are full. */
export const isUntaken = (cause: unknown): boolean =>
  isHilError(cause) && cause.code === 'HIL_BOARD_PORT_FAILED' && 'untakenBytes' in cause.facts;
