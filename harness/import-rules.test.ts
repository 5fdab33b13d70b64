import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { developmentFolders, furtherEntries, importRules, packageRules, publicApi } from './import-rules';

const root = resolve(__dirname, '..');
const units = Object.keys(importRules);

interface Import {
  /** Path from the repository root. */
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** The folder with rules of its own that a file belongs to; undefined for what lies beside the folders. */
const unitOf = (path: string): string | undefined =>
  units.find((unit) => path === unit || path.startsWith(`${unit}/`));

const isTest = (path: string): boolean => /\.(test|contract|e2e|long|d)\.ts$|\/__fixtures__\//.test(path);

function* sourcesBelow(folder: string, ending = /\.ts$/): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') yield* sourcesBelow(path, ending);
    } else if (ending.test(entry.name)) yield relative(root, path).split(sep).join('/');
  }
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  files: readonly string[];
};

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** True when nothing of the import is left at run time. */
function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

/** Imports, re-exports, `require` and `import()` of a source text. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean): void => {
    if (node !== undefined && ts.isStringLiteralLike(node))
      found.push({ file, specifier: node.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node)) {
      const { expression } = node;
      const loads =
        expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(expression) && expression.text === 'require') ||
        (ts.isPropertyAccessExpression(expression) && expression.getText().startsWith('require.'));
      if (loads) add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

function complaintAboutPackage(from: string, { file, specifier, typeOnly }: Import): string | undefined {
  if (typeOnly) return undefined;
  const name = packageOf(specifier);
  const isInstalled =
    name in manifest.dependencies || (developmentFolders.includes(from) && name in manifest.devDependencies);
  if (!isInstalled)
    return `${from} loads the package ${name} (in ${file}), which is not among the dependencies of package.json.`;
  const rule = packageRules.find(({ pattern }) => pattern.test(specifier));
  return rule === undefined || rule.folders.includes(from)
    ? undefined
    : `${from} may not load the package ${specifier} (in ${file}): only ${rule.folders.join(', ')} may, ${rule.because}.`;
}

/** A sentence about an import that breaks a rule; undefined when it breaks none. */
function complaintAbout(each: Import): string | undefined {
  const { file, specifier } = each;
  const from = unitOf(file);
  if (from === undefined)
    return `${file} lies in no folder of harness/import-rules.ts; add its folder there.`;
  if (specifier.startsWith('node:')) return undefined;
  const isPublicApi = specifier === publicApi.name;
  if (!isPublicApi && !specifier.startsWith('.')) return complaintAboutPackage(from, each);
  const target = isPublicApi ? publicApi.file : posix.join(posix.dirname(file), specifier);
  const to = unitOf(target) ?? unitOf(`${target}.ts`);
  if (to === from) return undefined;
  if (to === undefined)
    return `${from} imports ${target} (in ${file}), which lies in no folder of harness/import-rules.ts.`;
  const allowed = importRules[from] ?? [];
  if (!allowed.includes('*') && !allowed.includes(to))
    return `${from} may not import ${to} (in ${file}); it may import ${allowed.join(', ') || 'nothing'}.`;
  const entries = [to, `${to}/index`, ...(furtherEntries[to] ?? [])];
  return to.endsWith('.ts') || entries.includes(target)
    ? undefined
    : `${from} imports ${target} past ${to}/index.ts (in ${file}); import ${to} and export there what is meant for others.`;
}

const complaintsAbout = (file: string, text: string): string[] =>
  importsOf(file, text).flatMap((each) => complaintAbout(each) ?? []);

describe('import rules', () => {
  it('hold for every source file', () => {
    const files = ['harness', 'firmware'].flatMap((folder) => [...sourcesBelow(join(root, folder))]);
    const judged = files.filter((file) => !isTest(file) && file !== 'harness/import-rules.ts');
    expect(judged.length).toBeGreaterThan(20);
    expect(judged.flatMap((file) => complaintsAbout(file, readFileSync(join(root, file), 'utf8')))).toEqual(
      [],
    );
  });

  it('name only folders that have rules themselves', () => {
    const named = Object.values(importRules).flat();
    expect(named.filter((name) => name !== '*' && !units.includes(name))).toEqual([]);
  });

  it('leave folders that may load devDependencies out of the package', () => {
    for (const folder of developmentFolders) expect(manifest.files).toContain(`!dist/${folder}`);
  });

  it('let no two folders import each other, however long the way round', () => {
    const reaches = (from: string, seen: Set<string>): Set<string> => {
      for (const to of importRules[from] ?? []) if (to !== '*' && !seen.has(to)) reaches(to, seen.add(to));
      return seen;
    };
    expect(units.filter((unit) => reaches(unit, new Set()).has(unit))).toEqual([]);
  });

  it.each([
    ["import { x } from '../host';", 'harness/audio may not import harness/host'],
    ["import type { x } from '../host';", 'harness/audio may not import harness/host'],
    ["export { x } from '../ports/clock';", 'harness/audio may not import harness/ports'],
    ["const x = import('../host');", 'harness/audio may not import harness/host'],
    ["type X = import('../host').X;", 'harness/audio may not import harness/host'],
    ["import { x } from '../errors/catalogue';", 'past harness/errors/index.ts'],
    ["import { x } from 'earshot';", 'harness/audio may not import harness/index.ts'],
    ["import { expect } from '@jest/globals';", 'harness/audio may not load the package @jest/globals'],
    ["import yargs = require('yargs/yargs');", 'harness/audio may not load the package yargs/yargs'],
    ["import ts from 'typescript';", 'harness/audio loads the package typescript'],
    ["import { x } from '../../scripts/x';", 'lies in no folder'],
  ])('complain about %s in harness/audio', (text, sentence) => {
    expect(complaintsAbout('harness/audio/x.ts', text)).toEqual([expect.stringContaining(sentence)]);
  });

  it.each([
    "import { x } from '../errors';",
    "import { x } from '../units/index';",
    "import { x } from './fingerprint/deep';",
    "import FFT from 'fft.js';",
    "import { readFileSync } from 'node:fs';",
    "import type { Config } from 'jest';",
    "import { type Config } from 'jest';",
  ])('allow %s in harness/audio', (text) => {
    expect(complaintsAbout('harness/audio/x.ts', text)).toEqual([]);
  });
});

/** How a shell may be started, in our languages. */
const shells: readonly (readonly [string, RegExp])[] = [
  // Python of a board has a function of this name, too.
  [
    'exec of child_process',
    /child_process[^]*(?<![.\w])exec(?:Sync)?\b\s*[(),]|(?<![.\w])exec(?:Sync)?\b[^]*child_process/,
  ],
  ['exec of child_process', /(?:child_process|childProcess|\bcp)['"]?\)?\.exec(?:Sync)?\s*\(/],
  ['a shell option', /\bshell\s*:\s*(?!false\b)\S/],
  ['a shell of Python', /\bos\.(?:system|popen)\s*\(|\bshell\s*=\s*True/],
];
/** A shell by its name is for tests of programs that are scripts. */
const namedShell = /\b(?:spawn|spawnSync|execFile|execFileSync)\(\s*['"`](?:\/bin\/)?(?:ba|z|da)?sh['"`]/;

describe('programs', () => {
  const shellsIn = (text: string): string[] =>
    [...shells, ['a shell by its name', namedShell] as const]
      .filter(([, how]) => how.test(text))
      .map(([what]) => what);

  it('are started without a shell, so that no name or path of a file of YAML is a command', () => {
    const files = ['harness', 'firmware', 'scripts'].flatMap((folder) => [
      ...sourcesBelow(join(root, folder), /\.(?:ts|mjs|cjs|js|py)$/),
    ]);
    const judged = files.filter((file) => !isTest(file));
    expect(judged.filter((file) => file.startsWith('scripts/')).length).toBeGreaterThan(10);
    expect(
      judged.flatMap((file) =>
        shellsIn(readFileSync(join(root, file), 'utf8')).map((what) => `${file}: ${what}`),
      ),
    ).toEqual([]);
  });

  it.each([
    "import { exec } from 'node:child_process';",
    "const { exec } = require('child_process'); await promisify(exec)(command)",
    "require('node:child_process').execSync('ls')",
    'spawn(program, args, { shell: true })',
    "spawn(program, args, { shell: '/bin/bash' })",
    'subprocess.run(command, shell=True)',
    'os.system("esptool")',
    "execFile('sh', ['-c', text])",
  ])('would be found out here: %s', (text) => {
    expect(shellsIn(text)).not.toEqual([]);
  });

  it.each([
    '/a(b)/.exec(text)',
    "execFile('esptool', args)",
    'const execPath = process.execPath; fork(x, { shell: false })',
  ])('are let alone without one: %s', (text) => {
    expect(shellsIn(text)).toEqual([]);
  });
});
