import { createHash } from 'node:crypto';
import { BoardError } from '../../errors';
import { describeException } from './python-exception';
import type { RawRepl } from './raw-repl';

/** Of the file, in one call of `write`; as base64 it is a line of 1 368 characters, which every S3 has memory for. */
const PART_BYTES = 1_024;
/** Writing may erase a block of flash first. */
const PART_WITHIN_MS = 10_000;
/** Reading a file of some megabytes back takes seconds. */
const HASH_WITHIN_MS = 60_000;

/** Names begin like this so that they meet none of a script's. */
const SET_UP = `
import os as _es_os, binascii as _es_b, hashlib as _es_h
def _es_sha(path):
    try:
        f = open(path, 'rb')
    except OSError:
        return ''
    h = _es_h.sha256()
    b = bytearray(1024)
    while True:
        n = f.readinto(b)
        if not n:
            break
        h.update(memoryview(b)[:n])
    f.close()
    return _es_b.hexlify(h.digest()).decode()
def _es_dirs(path):
    at = path.find('/', 1)
    while at > 0:
        try:
            _es_os.mkdir(path[:at])
        except OSError:
            pass
        at = path.find('/', at + 1)
def _es_drop(path):
    try:
        _es_os.remove(path)
    except OSError:
        pass
`;

export interface Upload {
  /** Path on the board, such as `/lib/chat.py`. */
  readonly path: string;
  readonly bytes: Buffer;
  /** Told after each part how many bytes the board has taken. */
  readonly onProgress?: (sentBytes: number) => void;
}

export interface UploadOutcome {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the file on the board, which was read back. */
  readonly sha256: string;
  /** False when the board held the same file already. */
  readonly isWritten: boolean;
}

/**
 * Puts a file on the board: written beside its place, read back and hashed there (SHA-256), and renamed only when it is right, so
 * that a board which loses its power in between keeps the old one. Folders of the path are made.
 * @throws BoardError `HIL_BOARD_UPLOAD_FAILED`, and what `RawRepl.execute` throws.
 */
export async function uploadFile(repl: RawRepl, { path, bytes, onProgress }: Upload): Promise<UploadOutcome> {
  const wanted = createHash('sha256').update(bytes).digest('hex');
  const done = { path, sizeBytes: bytes.length, sha256: wanted };
  const ask = async (code: string, withinMs = PART_WITHIN_MS): Promise<string> => {
    const { output, exception } = await repl.execute(code, { withinMs });
    if (exception === undefined) return output.toString().trim();
    throw new BoardError(
      'HIL_BOARD_UPLOAD_FAILED',
      `The board could not take the file ${path} of ${bytes.length} bytes: ${describeException(exception)}.`,
      { path, sizeBytes: bytes.length, exception },
    );
  };
  const there = pythonText(path);
  const partial = pythonText(`${path}.part`);

  if ((await ask(`${SET_UP}print(_es_sha(${there}))`, HASH_WITHIN_MS)) === wanted)
    return { ...done, isWritten: false };
  await ask(`_es_dirs(${there})\n_es_f = open(${partial}, 'wb')`);
  try {
    for (let at = 0; at < bytes.length; at += PART_BYTES) {
      const part = bytes.subarray(at, at + PART_BYTES);
      await ask(`_es_n = _es_f.write(_es_b.a2b_base64(b'${part.toString('base64')}'))`);
      onProgress?.(at + part.length);
    }
    await ask('_es_f.close()');
    const seen = await ask(`print(_es_sha(${partial}))`, HASH_WITHIN_MS);
    if (seen !== wanted)
      throw new BoardError(
        'HIL_BOARD_UPLOAD_FAILED',
        `The file ${path} arrived with SHA-256 ${seen}, and was sent with ${wanted}; the board keeps what it had.`,
        { path, sizeBytes: bytes.length, seen, expected: wanted },
      );
    await ask(`_es_os.rename(${partial}, ${there})`);
  } catch (cause) {
    await dropPartial(repl, partial);
    throw cause;
  }
  return { ...done, isWritten: true };
}

/** The error that led here is the one to tell: a board that is gone keeps its partial file, which the next upload overwrites. */
async function dropPartial(repl: RawRepl, partial: string): Promise<void> {
  await repl
    .execute(`_es_f.close()\n_es_drop(${partial})`, { withinMs: PART_WITHIN_MS })
    .catch(() => undefined);
}

/** A text as a Python literal in ASCII. */
export const pythonText = (text: string): string =>
  `'${Array.from(text)
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (character === "'" || character === '\\') return `\\${character}`;
      return code >= 0x20 && code < 0x7f ? character : `\\U${code.toString(16).padStart(8, '0')}`;
    })
    .join('')}'`;
