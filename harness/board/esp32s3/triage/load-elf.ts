import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../../../errors';
import { readElf, type ElfFile } from '../elf';

/** Ten times the ELF of a large ESP-IDF project. */
const MAX_ELF_BYTES = 512 * 1024 * 1024;

/**
 * An ELF by its path.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`; `HIL_ELF_UNREADABLE` also when it is too large.
 */
export function loadElf(path: string): ElfFile {
  return readElf({ name: path, bytes: bytesOf(path) });
}

function bytesOf(path: string): Buffer {
  try {
    const { size } = statSync(path);
    if (size > MAX_ELF_BYTES)
      throw new ConfigError(
        'HIL_ELF_UNREADABLE',
        `${path} has ${size} bytes; an ELF has at most ${MAX_ELF_BYTES}.`,
        { file: path, sizeBytes: size },
      );
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? `There is no ELF ${path}.` : `The ELF ${path} cannot be read (${code}).`;
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', what, { path }, { cause });
  }
}
