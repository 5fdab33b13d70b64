import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { HilError } from '../errors';
import { duration } from './duration';
import { readYamlFile } from './yaml-file';

const schema = z.strictObject({
  schema: z.literal('earshot/test@1'),
  wait: duration().default(5),
  mode: z.enum(['fast', 'careful']).default('fast'),
  parts: z.array(z.strictObject({ name: z.string(), size: z.number().optional() })).default([]),
  free: z.record(z.string(), z.json()).default({}),
});
const folder = mkdtempSync(join(tmpdir(), 'earshot-yaml-'));
const path = join(folder, 'test.yaml');

const read = (text: string | Buffer): unknown => {
  writeFileSync(path, text);
  return readYamlFile(path, schema, 'test file');
};
const refusal = (action: () => unknown): HilError => {
  try {
    action();
  } catch (error) {
    return error as HilError;
  }
  throw new Error('nothing was thrown');
};
const head = 'schema: earshot/test@1\n';

describe('readYamlFile', () => {
  it('gives back the value, defaults filled in, frozen through and through', () => {
    const value = read(`${head}wait: 1.5s\nparts: [{ name: a }]\n`) as { parts: readonly object[] };
    expect(value).toEqual({
      schema: 'earshot/test@1',
      wait: 1500,
      mode: 'fast',
      parts: [{ name: 'a' }],
      free: {},
    });
    expect(Object.isFrozen(value.parts[0])).toBe(true);
  });

  it('follows anchors', () => {
    expect(read(`${head}free: { a: &x [1, 2], b: *x }\n`)).toMatchObject({ free: { a: [1, 2], b: [1, 2] } });
  });

  it('lists every problem at once, in the order of the file, each with line and column', () => {
    const refused = refusal(() =>
      read(`${head}wait: 400\nmode: carefull\nparts:\n  - nam: x\n    size: big\n  - size: 2\ntiming: 1\n`),
    );
    expect(refused.code).toBe('HIL_CONFIG_INVALID');
    expect(refused.message).toBe(
      `${path}:2:7: in this test file, wait is 400; a unit is missing: write 400ms (and 5 more problems).`,
    );
    expect(refused.facts).toMatchObject({ path, line: 2, column: 7, key: 'wait' });
    expect(refused.facts.problems).toEqual([
      '2:7: wait is 400; a unit is missing: write 400ms',
      '3:7: mode is "carefull"; expected one of fast, careful; did you mean careful?',
      '5:5: the key parts[0].nam is unknown; did you mean name?',
      '6:11: parts[0].size is "big"; expected a number',
      '7:5: parts[1].name is missing; expected a text',
      '8:1: the key timing is unknown; known here: schema, wait, mode, parts, free',
    ]);
  });

  it.each([
    ['an empty file', '', 'the file is empty; expected a mapping'],
    ['a list', '- a\n', 'the file is a list of 1; expected a mapping'],
    ['no schema', 'wait: 1s\n', 'schema is missing; expected earshot/test@1'],
    [
      'another kind of file',
      'schema: earshot/bench@1\nboards: []\n',
      'schema is "earshot/bench@1"; expected earshot/test@1.',
    ],
    ['a merge key', `${head}<<: { wait: 1s }\n`, 'the key << is unknown'],
    ['__proto__', `${head}__proto__: { wait: 1s }\n`, 'the key __proto__ is unknown'],
  ])('refuses %s', (_, text, sentence) => {
    const refused = refusal(() => read(text));
    expect(refused.code).toBe('HIL_CONFIG_INVALID');
    expect(refused.message).toContain(sentence);
  });

  it.each([
    ['a tab as indentation', `${head}parts:\n\t- name: a\n`, /:3:1: Tabs are not allowed as indentation/],
    [
      'a key that stands twice',
      `${head}wait: 1s\nwait: 2s\n`,
      /:3:1: Map keys must be unique, seen "wait: 2s"/,
    ],
    ['an open bracket', `${head}parts: [a\n`, /test\.yaml:3:1: /],
    ['two documents', `${head}---\na: 1\n`, /multiple documents/],
    ['a tag', `${head}wait: !!js/function x\n`, /Unresolved tag/],
    ['an alias of nothing', `${head}free: { a: *gone }\n`, /Unresolved alias .*gone/],
    ['keys that are no texts', `${head}? [a]\n: 1\n`, /all keys must be strings/],
    ['Latin-1', Buffer.from('schema: "\xe4"', 'latin1'), /is not UTF-8 text/],
    ['thousands of brackets', '['.repeat(200_000), /test\.yaml/],
  ])('refuses %s as no YAML', (_, text, message) => {
    const refused = refusal(() => read(text));
    expect(refused.code).toBe('HIL_CONFIG_SYNTAX');
    expect(refused.message).toMatch(message);
  });

  it('does not expand an alias bomb', () => {
    const rows = Array.from({ length: 9 }, (_, row) =>
      row === 0
        ? '  a0: &a0 [x]'
        : `  a${row}: &a${row} [${Array(9)
            .fill(`*a${row - 1}`)
            .join(', ')}]`,
    );
    const refused = refusal(() => read(`${head}free:\n${rows.join('\n')}\n`));
    expect(refused).toMatchObject({ code: 'HIL_CONFIG_SYNTAX', message: expect.stringContaining('alias') });
  });

  it('refuses an alias that holds itself', () => {
    const refused = refusal(() => read(`${head}free: &f { a: *f }\n`));
    expect(refused.code).toBe('HIL_CONFIG_SYNTAX');
  });

  it('refuses more than 1 MiB with both sizes', () => {
    const refused = refusal(() => read(`#${' '.repeat(1024 * 1024)}`));
    expect(refused.message).toContain('has 1048577 bytes; a test file has at most 1048576 bytes.');
  });

  it('names near files when there is none at the path', () => {
    read(head);
    const refused = refusal(() => readYamlFile(join(folder, 'tset.yaml'), schema, 'test file'));
    expect(refused.code).toBe('HIL_CONFIG_FILE_MISSING');
    expect(refused.message).toBe(
      `There is no test file ${join(folder, 'tset.yaml')}; did you mean test.yaml?`,
    );
    expect(refusal(() => readYamlFile(join(folder, 'no/x.yaml'), schema, 'test file')).facts).toMatchObject({
      present: [],
    });
  });

  it('refuses folders, devices and files that it may not read', () => {
    mkdirSync(join(folder, 'sub.yaml'));
    const ofFolder = refusal(() => readYamlFile(join(folder, 'sub.yaml'), schema, 'test file'));
    expect(ofFolder).toMatchObject({
      code: 'HIL_CONFIG_FILE_MISSING',
      message: expect.stringContaining('is a folder; expected a test file.'),
    });
    expect(refusal(() => readYamlFile('/dev/zero', schema, 'test file')).message).toContain(
      'not a regular file',
    );
    if (process.getuid?.() === 0) return; // root may read everything
    read(head);
    chmodSync(path, 0);
    expect(refusal(() => readYamlFile(path, schema, 'test file')).message).toContain('(EACCES)');
    chmodSync(path, 0o600);
  });
});
