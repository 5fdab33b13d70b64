import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SpeakerSpan } from '../../audio';

/** What a virtual board kept of its sound in a sound server: docs/virtual-board.md, "In a sound server". */
export interface BoardRecord {
  /** Everything that it wrote for its sink. */
  readonly played: Int16Array;
  /** Everything that its source delivered. */
  readonly heard: Int16Array;
  /** Which samples of which reply are where in `played`; `atLinkSample` counts from its beginning. */
  readonly spans: readonly SpeakerSpan[];
  /** How often the sink had nothing to play. */
  readonly underruns: number;
}

type Line = SpeakerSpan | { readonly kind: 'uplink' | 'underrun' };

function samplesOf(path: string): Int16Array {
  const bytes = readFileSync(path);
  // A fresh buffer: the file's may begin at an odd place of a larger one.
  return new Int16Array(new Uint8Array(bytes.subarray(0, bytes.length & ~1)).buffer);
}

/** @throws Error when a file of the folder cannot be read. */
export function readBoardRecord(folder: string): BoardRecord {
  const lines = readFileSync(join(folder, 'counted.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return {
    played: samplesOf(join(folder, 'played.s16le')),
    heard: samplesOf(join(folder, 'heard.s16le')),
    spans: lines.filter((line): line is SpeakerSpan => line.kind === 'speaker'),
    underruns: lines.filter(({ kind }) => kind === 'underrun').length,
  };
}
