import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { RigError } from '../../errors';
import { CALIBRATION_SCHEMA, type RigCalibration } from './rig-calibration';

/** The newest major that this version reads. */
const NEWEST_MAJOR = 1;

/** What readers rely on; fields that a later minor version adds are kept. */
const calibrationShape = z.looseObject({
  earshotVersion: z.string(),
  measuredAt: z.iso.datetime({ offset: true }),
  rig: z.string(),
  card: z.looseObject({ kind: z.string(), name: z.string(), stableId: z.string() }),
  rateHz: z.number().positive(),
  roles: z.array(z.enum(['speaker', 'loopback'])),
  topology: z.string(),
  levelDbFs: z.number(),
  channels: z.array(z.looseObject({ role: z.string(), quiet: z.looseObject({ isStuck: z.boolean() }) })),
  roundTrip: z
    .looseObject({
      samples: z.number(),
      ms: z.number(),
      uncertaintyMs: z.number().nonnegative(),
      withinStreamSamples: z.number().nonnegative(),
    })
    .optional(),
  steps: z.array(z.looseObject({ levelDbFs: z.number(), gainDb: z.number() })),
  lines: z.array(
    z.looseObject({ check: z.string(), status: z.enum(['ok', 'warn', 'fail']), text: z.string() }),
  ),
  status: z.enum(['ok', 'warn', 'fail']),
});

/** Letters of a name that every file system takes. */
const inFileName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '_');

/**
 * Where the calibration of a rig is kept unless the bench file says otherwise.
 * @param statePath - Folder of Earshot's own state, such as `~/.local/state/earshot`.
 */
export const calibrationPath = (statePath: string, benchName: string, rigName: string): string =>
  join(statePath, 'calibration', `${inFileName(benchName)}--${inFileName(rigName)}.json`);

/**
 * The stored calibration of a rig.
 * @returns undefined when there is no such file.
 * @throws RigError `HIL_RIG_CALIBRATION_DAMAGED`, `HIL_RIG_CALIBRATION_TOO_NEW`.
 */
export function readCalibration(path: string): RigCalibration | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw damaged(path, `it cannot be read (${code ?? 'unknown'})`, cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, 'it is no JSON', cause);
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  const [, major] = (typeof schema === 'string' && /^earshot\/rig-calibration@(\d+)$/.exec(schema)) || [];
  if (major === undefined)
    throw damaged(path, `schema is ${JSON.stringify(schema)}, expected ${CALIBRATION_SCHEMA}`);
  if (Number(major) > NEWEST_MAJOR) {
    const message = `The calibration ${path} has schema ${String(schema)}; this version reads up to @${NEWEST_MAJOR}.`;
    throw new RigError('HIL_RIG_CALIBRATION_TOO_NEW', message, { path, schema, newest: NEWEST_MAJOR });
  }
  const { error } = calibrationShape.safeParse(value);
  if (error !== undefined) {
    const [issue] = error.issues;
    throw damaged(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong shape'}`, error);
  }
  return value as RigCalibration;
}

function damaged(path: string, detail: string, cause?: unknown): RigError {
  const message = `The calibration ${path} is not what was stored: ${detail}.`;
  return new RigError('HIL_RIG_CALIBRATION_DAMAGED', message, { path }, { cause });
}

/**
 * Stores a calibration, in place of the one before: a reader sees either, and nothing in between.
 * @throws RigError `HIL_RIG_CALIBRATION_NOT_STORED`.
 */
export function storeCalibration(path: string, calibration: RigCalibration): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(aside, `${JSON.stringify(calibration, null, 2)}\n`);
    renameSync(aside, path);
  } catch (cause) {
    rmSync(aside, { force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RigError(
      'HIL_RIG_CALIBRATION_NOT_STORED',
      `The calibration could not be stored as ${path}: ${reason}.`,
      { path },
      { cause },
    );
  }
}
