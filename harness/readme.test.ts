/** What the documentation says exists: snippets compile, commands and options are those of the program, links lead somewhere. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import type { Argv } from 'yargs';
import { addCommands, faultChoices } from './cli/command-table';
import { exitCodes } from './cli/exit-codes';
import { loadBench, loadBudgets, loadRecipes, loadScenario } from './config';
import { measureNames, measures } from './measurement';
import { outcomeOfExitCode } from './verdict/exit-code';

const root = resolve(__dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readmes = ['README.md', 'README.zh-CN.md'] as const;
const docs = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const firmware = [
  'firmware/README.md',
  'firmware/esp-idf/openai-demo/README.md',
  'firmware/esp-idf/components/hil_marker/README.md',
  'firmware/esp-idf/chat-client/README.md',
  'firmware/micropython/README.md',
];
const pages = [...readmes, ...docs, ...firmware];

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const fence = /^( *)```(\S*)[^\n]*\n([\s\S]*?)^\1```$/gm;

const blocksOf = (page: string): Block[] =>
  [...read(page).matchAll(fence)].map(([, , language = '', text = '']) => ({ page, language, text }));

/** A page without its fenced blocks. */
const proseOf = (page: string): string => read(page).replace(fence, '');

/** Cells of the rows of all tables, code marks kept. */
const rowsOf = (page: string): string[][] =>
  [...proseOf(page).matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) =>
    row.split('|').map((cell) => cell.trim()),
  );

/** A command as the table declares it. */
interface Command {
  readonly name: string;
  readonly hidden: boolean;
  readonly options: ReadonlySet<string>;
}

/** Plays yargs to the command table and keeps what it is told. */
function declaredCommands(): Command[] {
  const commands: Command[] = [];
  const optionsOf = (builder: unknown): Set<string> => {
    const options = new Set<string>();
    const recorder: unknown = new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (name: string, declaration?: { readonly hidden?: boolean } | string, inner?: unknown) => {
            const hidden = typeof declaration === 'object' && declaration.hidden === true;
            if (method === 'option' && !hidden) options.add(name);
            if (method === 'options') for (const one of Object.keys(name)) options.add(one);
            // A command of a command: all of them have the outer one's name in the documentation.
            if (method === 'command' && typeof inner === 'function')
              (inner as (argv: unknown) => unknown)(recorder);
            return recorder;
          },
      },
    );
    if (typeof builder === 'function') (builder as (argv: unknown) => unknown)(recorder);
    return options;
  };
  const parser = {
    command(usage: string, description: string | false, builder: unknown) {
      const [name = usage] = usage.split(' ');
      commands.push({ name, hidden: description === false, options: optionsOf(builder) });
      return parser;
    },
  };
  addCommands(parser as unknown as Argv, () => undefined);
  return commands;
}

const commands = declaredCommands().filter(({ hidden }) => !hidden);
const commandNamed = (name: string): Command | undefined => commands.find((one) => one.name === name);
const everyOption = new Set(commands.flatMap(({ options }) => [...options]));
/** Those that yargs adds by itself. */
const builtIn = new Set(['help', 'version']);

/** Everything that a reader could type: lines of blocks, and code in sentences and tables. */
const typedIn = (page: string): string[] => [
  ...blocksOf(page).flatMap(({ text }) => text.split('\n').map((line) => line.replace(/#.*$/, ''))),
  ...(proseOf(page).match(/^ {4}.+$/gm) ?? []).map((line) => line.replace(/ #.*$/, '')),
  ...[...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
];

const optionsIn = (text: string): string[] =>
  [...text.matchAll(/(?<=^|[\s[(])--([a-z][\w-]*)/g)].map(([, name = '']) => name);

/** `earshot x …` and `npm start -- …` in a line; what stands before belongs to another program. */
function invocationsIn(line: string): { readonly command: string; readonly options: readonly string[] }[] {
  const ours = /(?:^|[\s/`])earshot ([a-z][a-z-]*)(?= |$)([^|&;`]*)/g;
  const started = /npm start --([^|&;`]*)/g;
  return [
    ...[...line.matchAll(ours)].map(([, command = '', rest = '']) => ({ command, options: optionsIn(rest) })),
    ...[...line.matchAll(started)].map(([, rest = '']) => ({ command: 'run', options: optionsIn(rest) })),
  ];
}

describe.each(pages)('%s', (page) => {
  it('names only commands and options that exist', () => {
    const wrong = typedIn(page).flatMap((line) =>
      invocationsIn(line).flatMap(({ command, options }) => {
        const known = commandNamed(command);
        if (known === undefined) return [`earshot ${command}`];
        const strange = options.filter((name) => !known.options.has(name) && !builtIn.has(name));
        return strange.map((name) => `earshot ${command} --${name}`);
      }),
    );
    // An option that stands by itself in a sentence has no command to be held against.
    const alone = typedIn(page)
      .filter((code) => code.startsWith('--'))
      .flatMap(optionsIn)
      .filter((name) => !everyOption.has(name) && !builtIn.has(name) && name !== 'selectProjects');
    expect([...wrong, ...alone]).toEqual([]);
  });

  it('has links that lead somewhere', () => {
    const broken = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
      if (/^[a-z]+:/.test(target)) return [];
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      if (!existsSync(join(root, file))) return [target];
      return anchor === undefined || anchorsOf(file).includes(decodeURIComponent(anchor)) ? [] : [target];
    });
    expect(broken).toEqual([]);
  });
});

/** Anchors of headings as GitHub makes them. */
const anchorsOf = (file: string): string[] =>
  [...proseOf(file).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the documentation', () => {
  const everything = pages.flatMap(typedIn);

  it.each(commands.map(({ name }) => name))('tells of the command %s', (name) => {
    expect(everything.some((code) => invocationsIn(code).some(({ command }) => command === name))).toBe(true);
  });

  it.each(['docs/options.md', 'docs/options.zh-CN.md'])('has every option of every command in %s', (page) => {
    const documented = read(page)
      .split(/^## earshot /m)
      .slice(1)
      .map((section) => {
        const rows = [...section.matchAll(/^\| `(--.*?)`/gm)].flatMap(([, code = '']) => optionsIn(code));
        return [section.split('\n')[0], rows.sort()];
      });
    expect(documented.sort()).toEqual(
      commands.map(({ name, options }) => [name, [...options].sort()]).sort(),
    );
  });

  const inTables = readmes.map((page) => [page, rowsOf(page)] as const);

  it.each(inTables)('gives the exit codes in %s', (_, rows) => {
    const documented = rows.flatMap(([code = '', outcome = '']) =>
      /^\d+$/.test(code) ? [[Number(code), outcome.replaceAll('`', '')]] : [],
    );
    expect(documented).toEqual(Object.values(exitCodes).map((code) => [code, outcomeOfExitCode[code]]));
  });

  it.each(readmes)('names every fault in %s', (page) => {
    expect(faultChoices.filter((fault) => !read(page).includes(fault))).toEqual([]);
  });

  it.each(['README.md', 'docs/measurement.md'])('defines the measures in %s as the code does', (page) => {
    const rows = rowsOf(page);
    for (const name of measureNames) {
      const { begins, ends } = measures[name];
      const [row] = rows.filter(([first, , third]) => first === `\`${name}\`` && third !== undefined);
      expect(row?.slice(0, 3)).toEqual([`\`${name}\``, begins, ends]);
    }
  });

  it('defines every measure in README.zh-CN.md', () => {
    const first = rowsOf('README.zh-CN.md').map(([cell]) => cell);
    expect(first.filter((cell) => measureNames.some((name) => cell === `\`${name}\``))).toEqual(
      measureNames.map((name) => `\`${name}\``),
    );
  });
});

describe('snippets', () => {
  const blocks = pages.flatMap(blocksOf);

  it('in TypeScript compile against the public API', () => {
    const snippets = blocks.filter(({ language }) => language === 'ts');
    expect(snippets.length).toBeGreaterThan(2);
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
      readFileSync(path, 'utf8'),
    ) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
    const texts = new Map(
      snippets.map(({ page, text }, index) => [
        join(root, `${page.replace(/\W/g, '-')}-${index}.hil.ts`),
        text,
      ]),
    );
    const disk = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...disk,
      fileExists: (path) => texts.has(path) || disk.fileExists(path),
      readFile: (path) => texts.get(path) ?? disk.readFile(path),
      getSourceFile: (path, languageVersion, ...rest) => {
        const text = texts.get(path);
        return text === undefined
          ? disk.getSourceFile(path, languageVersion, ...rest)
          : ts.createSourceFile(path, text, languageVersion);
      },
    };
    const program = ts.createProgram([...texts.keys()], options, host);
    const complaints = [...texts.keys()].flatMap((path) => {
      const source = program.getSourceFile(path);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${relative(root, path)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    });
    expect(complaints).toEqual([]);
  }, 30_000);

  const loaders: Readonly<Record<string, (path: string) => unknown>> = {
    bench: loadBench,
    builds: loadRecipes,
    budgets: loadBudgets,
    scenario: loadScenario,
  };
  const files = blocks.flatMap(({ page, text }) => {
    const kind = /^schema: earshot\/(\w+)@1$/m.exec(text)?.[1];
    return kind === undefined ? [] : [{ page, kind, text }];
  });

  it.each(files)('of $page: the $kind file loads', ({ kind, text }) => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-readme-'));
    try {
      const path = join(folder, `${kind}.yaml`);
      writeFileSync(path, text);
      expect(loaders[kind]?.(path)).toBeDefined();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('the picture of the report stays small', () => {
  expect(statSync(join(root, 'docs/images/report.png')).size).toBeLessThan(400_000);
});
