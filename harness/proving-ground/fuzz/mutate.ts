/** Values that break what expects others. */
const nasty: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '😀',
  '开灯',
  'x'.repeat(5000),
  '__proto__',
  'constructor',
  [],
  {},
  [[]],
  [null],
  { type: 'none' },
  JSON.parse('{"__proto__":{"admin":true}}'),
];
const names = ['__proto__', 'constructor', 'toString', 'length', '', 'role', 'content', 'type'];

type Random = () => number;

const below = (random: Random, count: number): number => Math.floor(random() * count);
const pick = <T>(random: Random, values: readonly T[]): T => values[below(random, values.length)] as T;

/** A copy, since it may be changed further. */
const strange = (random: Random): unknown => structuredClone(pick(random, nasty));

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

/** Every place of a JSON value: its parent and its key there. */
function placesOf(value: unknown): { readonly parent: Record<string, unknown>; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesOf(parent[key])]);
}

function changedText(random: Random, text: string): string {
  const at = below(random, text.length + 1);
  const insert = pick(random, ['\u0000', '\ud83d', '"', '\\', '\r\n', '😀', 'x'.repeat(300), '灯']);
  return text.slice(0, at) + insert + text.slice(at + below(random, 3));
}

/** A JSON value with one to three places of it changed: other types, missing and strange names, odd texts, deep nests. */
export function mutatedJson(random: Random, original: unknown): unknown {
  const value: unknown = structuredClone(original);
  for (let count = 1 + below(random, 3); count > 0; count--) {
    const places = placesOf(value);
    if (places.length === 0) return strange(random);
    const { parent, key } = pick(random, places);
    const old = parent[key];
    const kind = below(random, 8);
    if (kind === 0 && !Array.isArray(parent)) Reflect.deleteProperty(parent, key);
    else if (kind === 1) parent[key] = [old];
    else if (kind === 2) parent[key] = { [pick(random, names)]: old };
    else if (kind === 3) parent[key] = deep(1 + below(random, 300));
    else if (kind === 4 && !Array.isArray(parent)) {
      Object.defineProperty(parent, pick(random, names), {
        value: old,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else if (kind === 5 && typeof old === 'string') parent[key] = changedText(random, old);
    else if (kind === 6 && Array.isArray(parent)) parent.push(structuredClone(old));
    else parent[key] = strange(random);
  }
  return value;
}

/** Bytes with one to four places of them changed: bits, cuts, insertions, repetitions. */
export function mutatedBytes(random: Random, original: Buffer): Buffer {
  let bytes = Buffer.from(original);
  for (let count = 1 + below(random, 4); count > 0; count--) {
    const at = below(random, bytes.length + 1);
    const length = 1 + below(random, 16);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (below(random, 6)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
        break;
      case 1:
        bytes = Buffer.concat([before, after.subarray(length)]);
        break;
      case 2:
        bytes = Buffer.concat([before, Buffer.from(Array.from({ length }, () => below(random, 256))), after]);
        break;
      case 3:
        bytes = Buffer.concat([before, after.subarray(0, length), after]);
        break;
      case 4:
        bytes = Buffer.concat([
          before,
          Buffer.from(pick(random, ['\r\n', '\n\n', '0', '9', ':', '\u0000'])),
          after,
        ]);
        break;
      default:
        // Rarely, since what is cut off early says little.
        if (random() < 0.3) bytes = Buffer.from(before);
    }
  }
  return bytes;
}

/** Lines that break what expects others. */
const nastyLines = [
  '',
  '\u0000',
  'a=',
  'm=audio',
  'm=video 0 X',
  'a=mid:',
  `a=${'x'.repeat(3000)}`,
  'a=ice-pwd:灯',
];
const nastyNumbers = ['-1', '0', '65536', '4294967296', '99999999999999999999', '1e9', '0x10', ''];

/** A text of lines with one to three of them changed: missing, doubled, swapped, cut, with other numbers, strange. */
export function mutatedLines(random: Random, original: string): string {
  const lines = original.split('\r\n');
  for (let count = 1 + below(random, 3); count > 0; count--) {
    const at = below(random, lines.length);
    const line = lines[at] ?? '';
    switch (below(random, 7)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines.splice(at, 0, line);
        break;
      case 2: {
        const other = below(random, lines.length);
        [lines[at], lines[other]] = [lines[other] ?? '', line];
        break;
      }
      case 3:
        lines[at] = line.slice(0, below(random, line.length + 1));
        break;
      case 4: {
        const numbers = [...line.matchAll(/\d+/g)];
        if (numbers.length === 0) break;
        const { index, 0: number } = pick(random, numbers);
        lines[at] = line.slice(0, index) + pick(random, nastyNumbers) + line.slice(index + number.length);
        break;
      }
      case 5:
        lines.splice(at, 0, pick(random, nastyLines));
        break;
      default:
        lines[at] = changedText(random, line);
    }
  }
  return lines.join('\r\n');
}
