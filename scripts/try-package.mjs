// Proves the package as a team gets it: packs it, looks into the tarball, installs it in a fresh project that has nothing of
// this repository, type-checks a suite of the team's own against its types, and runs it. Needs a build; ends with 1 when
// anything is not as it should be.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'earshot-package-'));
const project = join(work, 'project');
let failures = 0;

/** Notes and prints whether something is as it should be. */
function check(what, ok, otherwise = '') {
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${what}`);
  if (ok) return;
  failures += 1;
  if (otherwise !== '') console.log(otherwise);
}

/** What takes a processor for long gives way to whoever plays in real time beside it, where there is `nice`. */
const givingWay = (command, args) =>
  process.platform === 'win32' ? [command, args] : ['nice', ['-n', '10', command, ...args]];

const inProject = (command, args) =>
  spawnSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 1 << 26,
  });

/** Files that nobody needs who uses the package. */
const unwanted = [
  /\.(test|e2e|long|contract)\.(d\.ts|[jt]s)$/,
  /\.map$/,
  /\.tsbuildinfo$/,
  /(^|\/)__fixtures__\//,
  /(^|\/)testing\//,
  /(^|\/)proving-ground\//,
  /^fixtures\/(runs|consoles|wire)\//,
  /(?<!\.d)\.ts$/,
];

const wanted = [
  'dist/harness/index.js',
  'dist/harness/index.d.ts',
  'dist/harness/cli/main.js',
  'dist/harness/suites/conversation.hil.js',
  'dist/harness/provider-plugin.js',
  'dist/harness/provider-plugin.d.ts',
  'dist/harness/dialect-plugin.js',
  'dist/harness/power-plugin.js',
  'dist/harness/power-plugin.d.ts',
  'dist/harness/dialect-plugin.d.ts',
  'fixtures/benches/virtual.yaml',
  'fixtures/benches/ollama-chat.yaml',
  'fixtures/prompts/prompts.yaml',
  'fixtures/replies/replies.yaml',
  'fixtures/scenarios/voice-assistant.yaml',
  'firmware/esp-idf/openai-demo/components/bench_provider/CMakeLists.txt',
  'docs/bench-file.md',
  'docs/images/report.png',
  'README.md',
  'LICENSE',
];

/** Exit code where the bench failed and nothing was judged. */
const BENCH_FAILED = 3;

function pack() {
  const [{ filename, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    }),
  );
  const paths = files.map(({ path }) => path);
  const surplus = paths.filter((path) => unwanted.some((pattern) => pattern.test(path)));
  check(
    `the tarball holds ${paths.length} files and nothing for developers`,
    surplus.length === 0,
    surplus.join('\n'),
  );
  const missing = wanted.filter((path) => !paths.includes(path));
  check('the tarball holds what it needs', missing.length === 0, missing.join('\n'));
  return join(work, filename);
}

function install(tarball) {
  cpSync(join(root, 'fixtures/example-project'), project, { recursive: true });
  const options = ['--no-fund', '--no-audit', '--prefer-offline'];
  const { status, stderr } = inProject(...givingWay('npm', ['install', ...options, tarball]));
  check('npm installs it in a fresh project', status === 0, stderr);
}

/** One run of the compiler for both: what is wrong is told, and nothing else. */
function typeCheck() {
  writeFileSync(
    join(project, 'typo.hil.ts'),
    "import { expect, test } from 'earshot';\ntest('typo', async ({ turn }) => expect(await turn('en-joke')).toHaveHeard('joke'));\n",
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = inProject(...givingWay(process.execPath, [compiler, '--project', '.']));
  const errors = stdout.split('\n').filter((line) => / error TS\d+: /.test(line));
  const others = errors.filter((line) => !line.startsWith('typo.hil.ts('));
  check("a team's suite type-checks against the package", others.length === 0, others.join('\n'));
  check(
    'a matcher that does not exist is a type error',
    status !== 0 && errors.length === 1 && /^typo.*toHaveHeard/.test(errors[0]),
    stdout,
  );
  rmSync(join(project, 'typo.hil.ts'));
}

/** Runs a suite of the project as a team would; gives back exit code and summary. */
function run(suite, ...more) {
  // What `npx earshot` starts, without npm's own second before it; the first check goes through that.
  const earshot = join(project, 'node_modules/.bin/earshot');
  const { status, stdout, stderr } = inProject(earshot, ['run', '--suite', suite, '--json', ...more]);
  const summary = stdout.startsWith('{') ? JSON.parse(stdout) : { turns: [], findings: [] };
  const outcomes = summary.turns.map(({ outcome }) => outcome).join(' ');
  const codes = summary.findings.map(({ code }) => code).join(' ');
  return {
    status,
    outcomes,
    codes,
    told: `exit code ${status}, turns: ${outcomes}, findings: ${codes}\n${stderr}`,
  };
}

/** The suite passes whole first; for a fault one of its turns is enough. */
const oneTurn = ['--grep', 'en-door-open'];

function runSuites() {
  const { status, stdout } = inProject('npx', ['--no-install', 'earshot', '--version']);
  check('npx finds its command', status === 0 && /^\d+\.\d+\.\d+/.test(stdout), stdout);

  // A bench without time for its sound judges nobody, on a busy machine: it is asked once more.
  const first = run('door.hil.ts');
  const right = first.status === BENCH_FAILED ? run('door.hil.ts') : first;
  // A take that a busy machine spoilt is repeated; it is judged by nobody.
  const judged = right.outcomes.split(' ').filter((outcome) => outcome !== 'not-judged');
  check(
    'its suite passes: exit code 0',
    right.status === 0 && judged.join(' ') === 'pass pass pass',
    right.told,
  );

  const suite = readFileSync(join(project, 'door.hil.ts'), 'utf8');
  writeFileSync(
    join(project, 'wrong.hil.ts'),
    suite.replace("'OpenDoor', { open }", "'OpenDoor', { open: !open }"),
  );
  const wrong = run('wrong.hil.ts', ...oneTurn);
  check(
    'a suite that expects what nobody asked for is not the board’s fault: exit code 3',
    wrong.status === 3 && wrong.codes.includes('HIL_SCENARIO_MISMATCH'),
    wrong.told,
  );

  const broken = run('door.hil.ts', '--fault', 'wrong-argument', ...oneTurn);
  check(
    'a board that does something else fails: exit code 1',
    broken.status === 1 && broken.codes.includes('HIL_TURN_CALL_ARGUMENTS'),
    broken.told,
  );
}

/** A provider of the team's own takes the mock's place. */
function runOwnProvider() {
  const { status, outcomes, told } = run('text-chat', '--bench', 'acme.yaml', '--turns', '2');
  const answered = outcomes.split(' ').filter((outcome) => outcome === 'pass').length;
  check("a board talks to the team's own provider: exit code 0", status === 0 && answered > 0, told);
}

/** A dialect of the team's own reads what its firmware printed; no board is needed for that. */
function readOwnDialect() {
  cpSync(join(root, 'fixtures/consoles/xiaozhi.log'), join(project, 'xiaozhi.log'));
  const { status, stdout } = inProject(process.execPath, ['--test', 'xiaozhi-dialect.test.js']);
  check("a team's own dialect reads its console: exit code 0", status === 0, stdout);

  const bench = (field) =>
    [
      'schema: earshot/bench@1',
      `plugins: [./${field}.js]`,
      'boards: [{ name: b1, kind: serial, port: /dev/null, dialect: ours }]',
    ].join('\n');
  writeFileSync(join(project, 'wrong-dialect.yaml'), bench('wrong-dialect'));
  writeFileSync(
    join(project, 'wrong-dialect.js'),
    "module.exports = { ...require('./xiaozhi-dialect.js'), name: 'ours', capabilities: ['sound'] };",
  );
  const wrong = run('door.hil.ts', '--bench', 'wrong-dialect.yaml');
  check(
    'a dialect with a wrong field says which: exit code 2',
    wrong.status === 2 && wrong.told.includes('capabilities[0] is "sound"'),
    wrong.told,
  );
}

/** A power switch of the team's own is declared and found; no board is switched by that. */
function declareOwnPower() {
  writeFileSync(
    join(project, 'relay.js'),
    "const { definePower } = require('earshot/power');\nmodule.exports = definePower({ name: 'relay', async cycle() {} });",
  );
  writeFileSync(
    join(project, 'wrong-power.yaml'),
    [
      'schema: earshot/bench@1',
      'plugins: [./relay.js]',
      'boards: [{ name: b1, kind: serial, port: /dev/null, power: { plugin: rely } }]',
    ].join('\n'),
  );
  const wrong = run('door.hil.ts', '--bench', 'wrong-power.yaml');
  check(
    "a team's own power switch is found by its name alone: exit code 2",
    wrong.status === 2 && wrong.told.includes('there is relay'),
    wrong.told,
  );
}

try {
  install(pack());
  if (failures === 0) {
    typeCheck();
    runSuites();
    runOwnProvider();
    readOwnDialect();
    declareOwnPower();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(failures === 0 ? 'The package works.' : `${failures} of the checks failed.`);
process.exitCode = failures === 0 ? 0 : 1;
