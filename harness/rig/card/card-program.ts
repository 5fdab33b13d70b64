import type { RigError } from '../../errors';
import type { Argv } from '../../ports';
import type { ProgramEnd } from './audio-program';

/** What a line on the stderr of a recorder or player means for the rig. */
export type ProgramNews =
  /** It lost sound, for at least so long if it says so. */
  | { readonly kind: 'xrun'; readonly lastedMs?: number }
  /** It has opened the card, which runs at this rate, if it says that. */
  | { readonly kind: 'ready'; readonly rateHz?: number }
  /** Nothing that an error needs to quote. */
  | { readonly kind: 'status' };

/** A program that records or plays raw PCM over its pipes for as long as the rig is open. */
export interface CardProgram {
  readonly argv: Argv;
  /** Debian package that brings it. */
  readonly debianPackage: string;
  /** Undefined: a complaint, which is quoted if it ends. */
  readonly news: (line: string) => ProgramNews | undefined;
  /** What it means that it ended before the rig was open; undefined: nothing that is known better than by its words. */
  readonly refusal: (end: ProgramEnd) => RigError | undefined;
}
