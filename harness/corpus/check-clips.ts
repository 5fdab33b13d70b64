import { dirname, join, resolve } from 'node:path';
import { isHilError } from '../errors';
import { annotateWav, type ClipAnnotation } from './annotate-wav';
import type { Manifest } from './manifest';

/** One way in which a manifest does not say what a WAV holds. */
export interface ClipDifference {
  readonly id: string;
  /** Undefined: the WAV could not be annotated at all. */
  readonly field: keyof ClipAnnotation | undefined;
  readonly message: string;
}

const fields: readonly (keyof ClipAnnotation)[] = [
  'sha256',
  'rateHz',
  'lengthSamples',
  'onsetSample',
  'offsetSample',
];

/** What the fields of two annotations say differently, in the order of a manifest. */
export const differingFields = (a: ClipAnnotation, b: ClipAnnotation): readonly (keyof ClipAnnotation)[] =>
  fields.filter((field) => a[field] !== b[field]);

/** Annotates every clip of a manifest again and compares. Some 15 ms a clip of 2 s. */
export const checkClips = ({ path, clips }: Manifest): readonly ClipDifference[] =>
  clips.flatMap((clip): ClipDifference[] => {
    try {
      const { annotation } = annotateWav(join(dirname(resolve(path)), clip.file));
      return differingFields(annotation, clip).map((field) => ({
        id: clip.id,
        field,
        message: `${field} is ${annotation[field]} in the WAV; the manifest says ${clip[field]}`,
      }));
    } catch (fault) {
      if (!isHilError(fault)) throw fault;
      return [{ id: clip.id, field: undefined, message: `${fault.code}: ${fault.message}` }];
    }
  });
