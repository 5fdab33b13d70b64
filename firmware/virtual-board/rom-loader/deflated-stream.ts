import { createInflate } from 'node:zlib';

/** A zlib stream that arrives in blocks. */
export interface DeflatedStream {
  /** Resolves once all that this block holds has been handed on. Rejects when the stream is broken, or was over before. */
  push(block: Buffer): Promise<void>;
  close(): void;
}

/** @param onBytes - Gets what comes out, in order. */
export function deflatedStream(onBytes: (bytes: Buffer) => void): DeflatedStream {
  const inflate = createInflate();
  let broken: Error | undefined;
  let pushedBytes = 0;
  let reject: (error: Error) => void = () => undefined;
  inflate.on('data', onBytes);
  inflate.on('error', (error) => {
    broken = error;
    reject(error);
  });
  return {
    push: (block) =>
      new Promise((resolve, fail) => {
        if (broken !== undefined) {
          fail(broken);
          return;
        }
        reject = fail;
        pushedBytes += block.length;
        inflate.write(block, (error) => {
          if (error != null) fail(error);
          else if (inflate.bytesWritten < pushedBytes) fail(new Error('there is more behind its end'));
          else resolve();
        });
      }),
    close: () => void inflate.destroy(),
  };
}
