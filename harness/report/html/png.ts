import { crc32, deflateSync } from 'node:zlib';

/** Colours of a palette: red, green, blue, 0 to 255. */
export type Palette = readonly (readonly [number, number, number])[];

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Colour type of a PNG whose pixels are indices into its palette. */
const INDEXED = 3;
const BIT_DEPTH = 4;

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([head, named, check]);
}

/**
 * A PNG of 16 colours at most, two pixels a byte.
 * @param indexOf - Index into the palette of a pixel, x from the left and y from the top.
 * @see W3C, Portable Network Graphics (PNG) Specification, third edition, sections 5 and 11.
 */
export function indexedPng(
  { width, height }: { readonly width: number; readonly height: number },
  palette: Palette,
  indexOf: (x: number, y: number) => number,
): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([BIT_DEPTH, INDEXED], 8);
  const lineBytes = 1 + Math.ceil(width / 2);
  // Each line begins with its filter; 0 is none, which is what indices compress best with.
  const lines = Buffer.alloc(height * lineBytes);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = y * lineBytes + 1 + (x >> 1);
      lines[at] = (lines[at] ?? 0) | (indexOf(x, y) << (x % 2 === 0 ? 4 : 0));
    }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
