import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { jsonSchemas } from './json-schemas';

const root = resolve(__dirname, '../..');
const runs = join(root, 'fixtures/runs');
const shipped = (kind: string): Parameters<typeof z.fromJSONSchema>[0] =>
  JSON.parse(readFileSync(join(root, 'schemas', `${kind}.schema.json`), 'utf8')) as Parameters<
    typeof z.fromJSONSchema
  >[0];
const folders = readdirSync(runs, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** The values of a file: one, or one a line. */
function valuesOf(path: string): unknown[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const parts = path.endsWith('l') ? text.split('\n').filter((line) => line !== '') : [text];
  return parts.map((part) => JSON.parse(part) as unknown);
}

describe('the JSON Schemas that ship with the package', () => {
  it('are those by which runs are read (else build and run `node scripts/write-schemas.mjs`)', () => {
    const names = readdirSync(join(root, 'schemas')).sort();
    const now = jsonSchemas();
    expect(names).toEqual(Object.keys(now).sort());
    for (const name of names)
      expect(JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8'))).toEqual(
        JSON.parse(JSON.stringify(now[name])),
      );
  });

  it.each([
    ['run', 'run.json'],
    ['event', 'events.jsonl'],
    ['turn-line', 'turns.jsonl'],
    ['verdict', 'verdict.json'],
  ])('hold every %s of the example runs, and nothing of another kind', (kind, file) => {
    const schema = z.fromJSONSchema(shipped(kind));
    const values = folders.flatMap((folder) => valuesOf(join(runs, folder, file)));
    expect(values.length).toBeGreaterThan(0);
    const broken = values.filter((value) => !schema.safeParse(value).success);
    expect(broken).toEqual([]);
    const [first] = values as Record<string, unknown>[];
    expect(schema.safeParse({ ...first, schema: `earshot/${kind}@2` }).success).toBe(false);
    expect(schema.safeParse({ schema: first!['schema'] }).success).toBe(false);
  });

  it('refuse words where numbers belong', () => {
    const schema = z.fromJSONSchema(shipped('console-line'));
    const line = {
      schema: 'earshot/console-line@1',
      index: 0,
      text: '',
      boot: 0,
      byteOffset: 0,
      hostAtMs: 1,
    };
    expect(schema.safeParse(line).success).toBe(true);
    expect(schema.safeParse({ ...line, hostAtMs: 'soon' }).success).toBe(false);
  });
});
