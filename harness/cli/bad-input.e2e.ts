/** Whatever a person gets wrong ends with what is wrong, where, and the exit code of who is at fault; and nothing is left. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openSerialPort } from '../board';
import { openTestPty } from '../board/__fixtures__/test-pty';
import { systemClock } from '../ports';
import { latestRunPath, readRun } from '../run';
import {
  copyCorpus,
  temporaryFolder,
  writeBench,
  writeSerialBench,
  writeTemporary,
} from './__fixtures__/bench-files';
import { startRun } from './__fixtures__/marked-run';
import { runEarshot } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const oneTurn = ['--suite', 'conversation', '--grep', 'weather \\(en\\)'];

/** Runs to the end, and past the end of its last child. */
async function run(args: readonly string[]) {
  const started = startRun(args);
  const ended = await started.ended;
  expect([...started.processes().values()]).toEqual([]);
  return ended;
}

const codesOf = ({ summary }: Awaited<ReturnType<typeof run>>) => [
  ...new Set(summary.findings.map(({ code }) => code)),
];

describe('what a person writes wrong ends with exit code 2 before anything is started', () => {
  const misspeltBench = () =>
    writeTemporary(
      'bench.yaml',
      'schema: earshot/bench@1\nboards:\n  - { name: b, kind: virtual }\nscenaro: a.yaml\n',
    );
  const cases: readonly (readonly [string, () => readonly string[], readonly RegExp[]])[] = [
    [
      'a misspelt key in the bench file',
      () => ['--bench', misspeltBench()],
      [/bench\.yaml:4:1/, /did you mean scenario\?/],
    ],
    [
      'a bench file that is not there',
      () => ['--bench', '/no/bench.yaml'],
      [/no bench file \/no\/bench\.yaml/],
    ],
    ['a folder for a bench file', () => ['--bench', '/tmp'], [/\/tmp/, /HIL_CONFIG_/]],
    [
      'a bench file that is no YAML',
      () => ['--bench', writeTemporary('bench.yaml', 'boards: [')],
      [/bench\.yaml:1:/],
    ],
    [
      'a misspelt measure in the budgets file',
      () => [
        '--budget',
        writeTemporary('budgets.yaml', 'schema: earshot/budgets@1\nmeasures:\n  voiceToVoise: { p50: 1s }\n'),
      ],
      [/budgets\.yaml:3:3/, /did you mean voiceToVoice\?/],
    ],
    [
      'a bare number for a duration',
      () => ['--bench', writeBench(['turn: { deadline: 8 }'])],
      [/bench\.yaml:\d+:/, /8s|unit/],
    ],
    ['a board that the bench has not', () => ['--board', 'kitchen'], [/kitchen/, /virtual-1/]],
    ['a suite that does not exist', () => ['--suite', 'conversatoin'], [/did you mean conversation\?/]],
    ['a folder without suites', () => ['--suite', temporaryFolder()], [/holds no \*\.hil\.ts/]],
    ['a fault that does not exist', () => ['--fault', 'deaf-mic'], [/deaf-mic/, /dead-mic/]],
    [
      'a fault on a real board',
      () => ['--fault', 'dead-mic', '--bench', writeSerialBench('/dev/ttyNONE0')],
      [/real board/],
    ],
    ['an option that does not exist', () => ['--fualt', 'dead-mic'], [/fualt/, /--help/]],
    ['turns that are no number', () => ['--turns', 'many'], [/--turns takes a whole number/]],
    ['half a turn', () => ['--turns', '1.5'], [/--turns takes a whole number/]],
    [
      'a bench given twice',
      () => ['--bench', 'a.yaml', '--bench', 'b.yaml'],
      [/--bench is given more than once/],
    ],
    ['an option without its value', () => ['--bench'], [/--bench needs a value|Not enough arguments/]],
    ['a pattern that is none', () => ['--grep', '('], [/--grep/]],
  ];

  it.each(cases)('%s', async (_name, args, said) => {
    const { exitCode, stdout, stderr } = await run(args());
    for (const pattern of said) expect(stderr).toMatch(pattern);
    expect(stderr).not.toMatch(/\n {4}at /); // A stack is for our bugs, not for typing errors.
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it('a report of a folder that is no run', async () => {
    const { exitCode, stderr } = await runEarshot(['report', temporaryFolder()]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/holds no run\.json/);
  });

  it('a command that does not exist', async () => {
    const { exitCode, stderr } = await runEarshot(['rnu']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/rnu[^]*--help/);
  });
});

describe('a damaged corpus ends with exit code 2 and names the file', () => {
  const prompt = 'prompts/en-weather-a.wav';

  it('a prompt that is not a WAV', async () => {
    const corpus = copyCorpus();
    writeFileSync(join(corpus, prompt), 'this is no sound\n');
    const { exitCode, stderr } = await run(['--bench', writeBench([`corpus: ${corpus}`]), ...oneTurn]);
    expect(stderr).toMatch(/en-weather-a\.wav/);
    expect(exitCode).toBe(2);
  });

  it('a prompt that is not the one of its manifest', async () => {
    const corpus = copyCorpus();
    writeFileSync(join(corpus, prompt), readFileSync(join(corpus, 'prompts/en-weather-b.wav')));
    const { exitCode, stderr } = await run(['--bench', writeBench([`corpus: ${corpus}`]), ...oneTurn]);
    expect(stderr).toMatch(/en-weather-a has SHA-256/);
    expect(exitCode).toBe(2);
  });

  it('a prompt that is missing', async () => {
    const bench = writeBench([`corpus: ${temporaryFolder()}`]);
    const { exitCode, stderr } = await run(['--bench', bench, ...oneTurn]);
    expect(stderr).toMatch(/prompts\.yaml/);
    expect(exitCode).toBe(2);
  });
});

describe('a bench that does not open ends with exit code 3, and the run says why', () => {
  it('a serial port that is not there', async () => {
    const ended = await run(['--bench', writeSerialBench('/dev/ttyNONE0'), ...oneTurn]);
    expect(codesOf(ended)).toEqual(['HIL_BOARD_PORT_MISSING']);
    expect(ended.summary.why).toMatch(/\/dev\/ttyNONE0/);
    expect(ended.exitCode).toBe(3);
    expect(readRun(ended.summary.runPath)).toMatchObject({ aborted: false, verdict: { exitCode: 3 } });
  });

  it('a serial port that is not there, in plain Jest: the run is judged and reported as well', async () => {
    const reports = temporaryFolder();
    const env = { HIL_BENCH: writeSerialBench('/dev/ttyNOPE'), EARSHOT_REPORTS: reports };
    const { exitCode, stdout } = await runEarshot(['bench-for-jest'], env);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/NOT JUDGED .*ttyNOPE/s);
    const { aborted, record, findings } = readRun(latestRunPath(reports) ?? '');
    expect({ aborted, outcome: record.outcome }).toEqual({ aborted: false, outcome: 'not-judged' });
    expect(findings.map(({ code }) => code)).toEqual(['HIL_BOARD_PORT_MISSING']);
  });

  it('a serial port that somebody else holds', async () => {
    const pty = openTestPty();
    const held = await openSerialPort({ path: pty.path, baudRate: 115_200, clock: systemClock });
    try {
      const ended = await run(['--bench', writeSerialBench(pty.path), ...oneTurn]);
      expect(codesOf(ended)).toEqual(['HIL_BOARD_PORT_BUSY']);
      expect(ended.summary.why).toContain(`process ${process.pid}`);
      expect(ended.exitCode).toBe(3);
    } finally {
      await held.close();
      pty.close();
    }
  });

  it('a provider port that is taken', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    try {
      const ended = await run(['--bench', writeBench([`provider: { port: ${port} }`]), ...oneTurn]);
      expect(codesOf(ended)).toEqual(['HIL_PROVIDER_PORT_TAKEN']);
      expect(ended.summary.why).toContain(String(port));
      expect(ended.exitCode).toBe(3);
    } finally {
      squatter.close();
    }
  });
});

describe('firmware that is not what it should be fails the board', () => {
  it('another project than the dialect is for', async () => {
    const ended = await run([...oneTurn, '--fault', 'wrong-project']);
    expect(codesOf(ended)).toEqual(['HIL_BOARD_WRONG_DIALECT']);
    expect(ended.summary.why).toMatch(/openai_demo/);
    expect(ended.exitCode).toBe(1);
  });

  it('a reply that stops in the middle', async () => {
    const ended = await run([...oneTurn, '--fault', 'cut-reply']);
    expect(codesOf(ended)).toEqual(['HIL_TURN_REPLY_INCOMPLETE']);
    expect(ended.exitCode).toBe(1);
  });
});

describe('suites of a team', () => {
  const suite = (body: string): string =>
    writeTemporary('team.hil.ts', `import { describe, expect, test } from 'earshot';\n${body}\n`);

  it('one that does not compile ends with exit code 2, naming the file', async () => {
    const ended = await run(['--suite', suite("test('unfinished', async ({ turn }) => {")]);
    expect(codesOf(ended)).toEqual(['HIL_CONFIG_SUITE']);
    expect(ended.summary.why).toMatch(/team\.hil\.ts/);
    expect(ended.exitCode).toBe(2);
  });

  it('one that throws while it is loaded ends with exit code 2, naming the file', async () => {
    const ended = await run(['--suite', suite("throw new Error('half a suite');")]);
    expect(codesOf(ended)).toEqual(['HIL_CONFIG_SUITE']);
    expect(ended.summary.why).toMatch(/team\.hil\.ts.*half a suite/);
    expect(ended.exitCode).toBe(2);
  });

  it('one without a test ends with exit code 2, naming the file', async () => {
    const ended = await run(['--suite', suite('export {};')]);
    expect(codesOf(ended)).toEqual(['HIL_CONFIG_SUITE']);
    expect(ended.exitCode).toBe(2);
  });

  it('a plain error in a test is the harness’s fault: exit code 3, the board is not judged', async () => {
    const ended = await run(['--suite', suite("test('breaks', () => { throw new Error('oops'); });")]);
    expect(ended.summary.findings).toMatchObject([
      { origin: 'harness', message: expect.stringMatching(/oops/) as string },
    ]);
    expect(ended.exitCode).toBe(3);
    expect(readRun(ended.summary.runPath).tests).toMatchObject([{ status: 'failed', name: ['breaks'] }]);
  });

  it('a prompt that the corpus has not ends with exit code 2', async () => {
    const ended = await run([
      '--suite',
      suite("test('asks', async ({ turn }) => void (await turn('en-nonsense')));"),
    ]);
    expect(codesOf(ended)).toEqual(['HIL_CORPUS_UNKNOWN_CLIP']);
    expect(ended.exitCode).toBe(2);
  });
});
