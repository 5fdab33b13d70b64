import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fromWireError, HilError } from '../../../errors';
import { endThread } from '../../../ports';
import type { SourceFrame } from '../elf';
import { addr2lineSymboliser } from './addr2line';
import type { ElfAnswer, ElfQuestion } from './elf-worker';

/** An ELF that can be asked without anybody waiting for it. */
export interface ElfLookup {
  readonly path: string;
  /**
   * Its hash, and what stands at these addresses.
   * @throws ConfigError `HIL_CONFIG_FILE_MISSING`, `HIL_ELF_UNREADABLE`; `HIL_DECODE_TOOL` of an addr2line.
   */
  ask(addresses: readonly number[]): Promise<ElfFinding>;
}

export interface ElfFinding {
  readonly sha256: string;
  readonly frames: ReadonlyMap<number, readonly SourceFrame[]>;
}

/**
 * An ELF that is read in a worker thread, anew for each question: crashes are rare, and an ELF is tens of megabytes.
 * @param workerPath - Compiled code of `elf-worker.ts`. Default: beside this file.
 */
export const elfInWorker = (path: string, workerPath = join(__dirname, 'elf-worker.js')): ElfLookup => ({
  path,
  ask: (addresses) =>
    new Promise((resolve, reject) => {
      const question: ElfQuestion = { path, addresses };
      const worker = new Worker(workerPath);
      worker.once('message', (answer: ElfAnswer) => {
        void endThread(worker);
        if ('error' in answer) reject(fromWireError(answer.error));
        else resolve(answer);
      });
      const died = (cause: Error): void =>
        reject(
          new HilError(
            'HIL_HARNESS_UNEXPECTED',
            `The reader of ${path} died: ${cause.message}`,
            { path },
            { cause },
          ),
        );
      worker.once('error', died);
      worker.postMessage(question);
      // Behind an answer this says nothing any more.
      worker.once('exit', (code) => died(new Error(`it ended with ${code} before it answered`)));
    }),
});

/** The same, except that an installed addr2line is asked for the places. */
export const elfThroughAddr2line = (elf: ElfLookup, programs: readonly string[]): ElfLookup => ({
  path: elf.path,
  async ask(addresses) {
    const { sha256 } = await elf.ask([]);
    const symbolise = addr2lineSymboliser(elf.path, programs);
    return { sha256, frames: addresses.length === 0 ? new Map() : await symbolise(addresses) };
  },
});
