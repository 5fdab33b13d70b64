import { fuzzWav } from '../fuzz/fuzz-wav';
import type { LongJob } from './long-job';
import { sourcesKey } from './sources-key';

export interface WavJobOptions {
  /** Of the repository: holds `dist`. */
  readonly root: string;
  /** Of each kind and part. */
  readonly files: number;
}

const SEEDS = [1, 2, 3, 4];

/** Whole and damaged WAVs to the reader, in parts of one seed each. */
export function wavJob({ root, files }: WavJobOptions): LongJob {
  const sources = sourcesKey(root, ['dist/harness/audio', 'dist/harness/proving-ground/fuzz'], (path) =>
    /wav[^/]*\.js$/.test(path),
  );
  const inPart = Math.ceil(files / SEEDS.length);
  return {
    name: 'wav',
    title: `wav: ${files} whole and ${files} damaged WAVs`,
    key: JSON.stringify({ files, sources }),
    parts: SEEDS.map((seed) => `seed-${seed}`),
    run: (part) =>
      Promise.resolve(fuzzWav({ files: inPart, seed: SEEDS.find((seed) => part.endsWith(`-${seed}`)) ?? 0 })),
    finish: (parts) => ({
      targets: (['whole', 'damaged'] as const).map((kind) => {
        const failing = [...parts.values()].flatMap(
          (part) => (part as ReturnType<typeof fuzzWav>)[kind] ?? [],
        );
        return {
          name: `${kind} files that were not handled${failing.length === 0 ? '' : ` (${failing[0]})`}`,
          value: failing.length,
          unit: 'parts',
          bound: '= 0',
          ok: failing.length === 0,
        };
      }),
    }),
  };
}
