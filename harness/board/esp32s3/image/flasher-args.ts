import { z } from 'zod';
import { hexOffset } from '../hex';
import { malformed, type ImageFile } from './image-file';

/** A file that a build wants at an offset of the flash. */
export interface FlashFile {
  readonly offset: number;
  /** As the build wrote it: relative to the folder of `flasher_args.json`. */
  readonly path: string;
}

/** `build/flasher_args.json` of ESP-IDF. */
export interface FlasherArgs {
  /** In ascending order of offsets. */
  readonly files: readonly FlashFile[];
  /** The one of `files` that is the application; undefined when the build does not name it. */
  readonly app: FlashFile | undefined;
  /** `esp32s3`; undefined when the build does not name it. */
  readonly chip: string | undefined;
  readonly flash: { readonly mode?: string; readonly size?: string; readonly frequency?: string };
}

const LAST_ADDRESS = 0xffffffff;
const address = z
  .string('an offset as a text')
  .regex(/^(?:0x[0-9a-f]+|\d+)$/i, 'an offset such as "0x10000"')
  .transform(Number)
  .refine((offset) => offset <= LAST_ADDRESS, 'an offset of 32 bits');
const place = z.looseObject({ offset: address, file: z.string('a path').min(1, 'a path') });
const text = z.string('a text').optional();

const schema = z.looseObject({
  flash_files: z.record(address, z.string('a path').min(1, 'a path')),
  flash_settings: z.looseObject({ flash_mode: text, flash_size: text, flash_freq: text }).optional(),
  app: place.optional(),
  extra_esptool_args: z.looseObject({ chip: text }).optional(),
});

/**
 * What a build wants written where (device.md section 7.4).
 * @throws ConfigError `HIL_IMAGE_MALFORMED` when it is no JSON, or not of that shape.
 */
export function readFlasherArgs({ name, bytes }: ImageFile): FlasherArgs {
  const parsed = schema.safeParse(parseJson(name, bytes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw malformed(name, `is no flasher_args.json${where}: expected ${issue?.message ?? 'another shape'}`);
  }
  const { flash_files, flash_settings, app, extra_esptool_args } = parsed.data;
  const files = Object.entries(flash_files)
    .map(([offset, path]): FlashFile => ({ offset: Number(offset), path }))
    .sort((a, b) => a.offset - b.offset);
  if (files.length === 0) throw malformed(name, 'names no files to flash');
  const { flash_mode: mode, flash_size: size, flash_freq: frequency } = flash_settings ?? {};
  return {
    files,
    app: app === undefined ? undefined : appAmong(name, files, { offset: app.offset, path: app.file }),
    chip: extra_esptool_args?.chip,
    flash: {
      ...(mode === undefined ? {} : { mode }),
      ...(size === undefined ? {} : { size }),
      ...(frequency === undefined ? {} : { frequency }),
    },
  };
}

function parseJson(name: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw malformed(name, 'is no JSON', {}, cause);
  }
}

function appAmong(name: string, files: readonly FlashFile[], app: FlashFile): FlashFile {
  const found = files.find(({ offset, path }) => offset === app.offset && path === app.path);
  if (found !== undefined) return found;
  throw malformed(
    name,
    `names ${app.path} at ${hexOffset(app.offset)} as its application, which is not among its flash_files`,
  );
}
