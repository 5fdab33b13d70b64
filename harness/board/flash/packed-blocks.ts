import { promisify } from 'node:util';
import { createInflate, deflate } from 'node:zlib';

/** A piece of a zlib stream, and how much of the image it stands for: what the chip has to erase and write for it. */
export interface PackedBlock {
  readonly bytes: Buffer;
  readonly unpackedBytes: number;
}

const deflated = promisify<Uint8Array, { readonly level: number }, Buffer>(deflate);

/** @returns The whole as a zlib stream of level 9, cut into blocks of this length. */
export async function packedBlocks(image: Uint8Array, blockBytes: number): Promise<readonly PackedBlock[]> {
  const packed = await deflated(image, { level: 9 });
  const inflate = createInflate();
  let unpackedBytes = 0;
  inflate.on('data', (bytes: Buffer) => {
    unpackedBytes += bytes.length;
  });
  const blocks: PackedBlock[] = [];
  for (let at = 0; at < packed.length; at += blockBytes) {
    const bytes = packed.subarray(at, at + blockBytes);
    const before = unpackedBytes;
    await new Promise<void>((resolve, reject) =>
      inflate.write(bytes, (error) => (error == null ? resolve() : reject(error))),
    );
    blocks.push({ bytes, unpackedBytes: unpackedBytes - before });
  }
  inflate.destroy();
  return blocks;
}
