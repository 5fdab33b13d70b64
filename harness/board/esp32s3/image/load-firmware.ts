import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../../../errors';
import type { AppDescription } from './app-description';
import { readFirmwareImage, type FirmwareImage } from './firmware-image';
import { readFlasherArgs } from './flasher-args';
import { malformed, type ImageFile } from './image-file';

/** What a board has to run for its results to count. */
export interface ImageUnderTest {
  /** As it was named. */
  readonly path: string;
  readonly description: AppDescription | undefined;
}

/**
 * The description in the image under test.
 * @throws ConfigError as `loadFirmware` does.
 */
export const imageUnderTest = (path: string): ImageUnderTest => ({
  path,
  description: loadFirmware(path).app.app,
});

/** The largest flash that an image header can name. */
const MAX_IMAGE_BYTES = 128 * 1024 * 1024;

/**
 * The image under test: a `.bin` of an application or a merged one, or the application that a `flasher_args.json` names.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING` when there is no such file, and what `readFirmwareImage` throws.
 */
export function loadFirmware(path: string): FirmwareImage {
  if (!path.endsWith('.json')) return readFirmwareImage(readImageFile(path));
  const { app } = readFlasherArgs(readImageFile(path));
  if (app === undefined) throw malformed(path, 'does not say which of its files is the application');
  return readFirmwareImage(readImageFile(resolve(dirname(path), app.path)));
}

/**
 * A file as it is.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`; `HIL_IMAGE_MALFORMED` when it is larger than any flash.
 */
export function readImageFile(path: string): ImageFile {
  try {
    const stats = statSync(path);
    if (!stats.isFile())
      throw new ConfigError('HIL_CONFIG_FILE_MISSING', `${path} is no file; expected a firmware image.`, {
        path,
      });
    if (stats.size > MAX_IMAGE_BYTES)
      throw malformed(path, `has ${stats.size} bytes; the largest flash has ${MAX_IMAGE_BYTES}`, {
        sizeBytes: stats.size,
      });
    return { name: path, bytes: readFileSync(path) };
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT' ? `There is no file ${path}.` : `The file ${path} cannot be read (${code}).`;
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', what, { path }, { cause });
  }
}
