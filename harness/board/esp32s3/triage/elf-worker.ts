/** Worker thread: reads an ELF and looks up addresses in it, so that no turn waits for that. Whoever asked ends it. */
import { parentPort } from 'node:worker_threads';
import { toWireError, type WireError } from '../../../errors';
import { sourceFrames, type SourceFrame } from '../elf';
import { loadElf } from './load-elf';

/** What the worker is to look up where. */
export interface ElfQuestion {
  readonly path: string;
  readonly addresses: readonly number[];
}

export type ElfAnswer =
  | { readonly sha256: string; readonly frames: ReadonlyMap<number, readonly SourceFrame[]> }
  | { readonly error: WireError };

function answerTo({ path, addresses }: ElfQuestion): ElfAnswer {
  try {
    const elf = loadElf(path);
    return { sha256: elf.sha256, frames: sourceFrames(elf, addresses).frames };
  } catch (thrown) {
    return { error: toWireError(thrown) };
  }
}

parentPort?.on('message', (question: ElfQuestion) => parentPort?.postMessage(answerTo(question)));
