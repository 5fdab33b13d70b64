import type { Readable } from 'node:stream';
import type { Closable } from '../../errors';

/** A file that is to be kept. */
export interface Blob {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Something that keeps whole files by name. */
export interface Blobs extends Closable {
  /** For messages: no key stands in it. */
  readonly where: string;
  uriOf(name: string): string;
  /** All of it or nothing, whoever reads meanwhile. */
  put(blob: Blob): Promise<void>;
  /**
   * Hands its content to somebody, from the start again where it broke off.
   * @returns False: there is none of that name.
   */
  get(name: string, take: (content: Readable) => Promise<void>): Promise<boolean>;
}
