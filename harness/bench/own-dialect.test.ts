import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBench } from '../config';
import { describeDialect } from './bench-parts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-own-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

it('finds the dialect that a plugin beside the bench file brings, on a board that reads nothing as well', () => {
  write(
    'lamp.js',
    "module.exports = { name: 'lamp', firmware: 'our lamp', project: 'lamp', protocol: 'x', lines: [], capabilities: ['audio', 'console-input'] };",
  );
  const path = write(
    'bench.yaml',
    `schema: earshot/bench@1
plugins: [./lamp.js]
boards:
  - { name: b1, kind: virtual, dialect: lamp }
  - { name: b2, kind: virtual, dialect: lamp, readsConsole: false }
`,
  );
  const { boards, plugins } = loadBench(path);
  expect(plugins).toEqual([join(folder, 'lamp.js')]);
  expect(boards.map((board) => describeDialect(board, plugins).capabilities)).toEqual([
    ['audio', 'console-input'],
    ['audio'],
  ]);
  expect(() => describeDialect(boards[0]!)).toThrow('There is no dialect "lamp"');
});
