import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { origins, type CatalogueEntry } from '../origin';
import { catalogue } from '.';

const root = resolve(__dirname, '../../..');
const entries = Object.entries<CatalogueEntry>(catalogue);

function* sourcesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['__fixtures__', 'catalogue', 'node_modules'].includes(entry.name)) yield* sourcesBelow(path);
    } else if (/(?<!\.(test|contract|hil))\.ts$/.test(entry.name)) yield readFileSync(path, 'utf8');
  }
}

/** Words that a remedy may not open with: it tells what to do, not what was wrong. */
const notImperative = /^(The|A|An|This|That|It|You|There|Your|Something|Maybe|Perhaps|Please)\b/;

describe('the catalogue of errors', () => {
  it.each(entries)(
    'gives %s an origin and a remedy that somebody at the bench can carry out',
    (code, entry) => {
      expect(code).toMatch(/^HIL(_[A-Z]+){2,}$/);
      expect(origins).toContain(entry.origin);
      expect(entry.remedy).toMatch(/^[A-Z].{10,}\.$/s);
      expect(entry.remedy.split(/[;:.]\s/).some((part) => !notImperative.test(part.trim()))).toBe(true);
    },
  );

  it('holds no code that nothing uses', () => {
    const sources = [...sourcesBelow(join(root, 'harness')), ...sourcesBelow(join(root, 'firmware'))].join(
      '\n',
    );
    expect(entries.map(([code]) => code).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('is listed in docs/errors.md as it is here (else run `node scripts/list-errors.mjs`)', () => {
    const rows = readFileSync(join(root, 'docs/errors.md'), 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, code, origin, remedy] = /^\| `(HIL_\w+)`\s*\| (\w+)\s*\| (.*?)\s*\|$/.exec(line) ?? [];
        return code === undefined ? [] : [[code, { origin, remedy }]];
      });
    expect(Object.fromEntries(rows)).toEqual(catalogue);
    expect(rows).toHaveLength(entries.length);
  });
});
