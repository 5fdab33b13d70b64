import { closeSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 1 << 20;
const LINE_END = 10;

/**
 * The bytes of a file, piece by piece: a console of a run for hours is longer than a text may be, and than there may be memory. Nothing where
 * there is no such file. Each piece is overwritten by the next one.
 * @throws what the file system throws.
 */
export function* piecesOf(path: string): Generator<Buffer> {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    throw cause;
  }
  try {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const read = readSync(descriptor, buffer, 0, buffer.length, null);
      if (read === 0) return;
      yield buffer.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The lines of a file without their ends; last what stands behind the last of these, which is empty in a file that is whole. */
export function* linesOf(path: string): Generator<string> {
  let begun: Buffer[] = [];
  for (const piece of piecesOf(path)) {
    const end = piece.lastIndexOf(LINE_END);
    if (end >= 0) {
      // A line end is no part of any character, so nothing is cut in two.
      yield* Buffer.concat([...begun, piece.subarray(0, end)])
        .toString()
        .split('\n');
      begun = [];
    }
    begun.push(Buffer.from(piece.subarray(end + 1)));
  }
  yield Buffer.concat(begun).toString();
}
