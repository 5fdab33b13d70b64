/** Whatever a person writes wrong ends with what is wrong, where, and exit code 2; and nothing is left. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  copyCorpus,
  temporaryFolder,
  writeBench,
  writeSerialBench,
  writeTemporary,
} from './__fixtures__/bench-files';
import { runToTheEnd } from './__fixtures__/marked-run';
import { runEarshot } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const oneTurn = ['--suite', 'conversation', '--grep', 'weather \\(en\\)'];

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
    const { exitCode, stdout, stderr } = await runToTheEnd(args());
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
    const { exitCode, stderr } = await runToTheEnd([
      '--bench',
      writeBench([`corpus: ${corpus}`]),
      ...oneTurn,
    ]);
    expect(stderr).toMatch(/en-weather-a\.wav/);
    expect(exitCode).toBe(2);
  });

  it('a prompt that is not the one of its manifest', async () => {
    const corpus = copyCorpus();
    writeFileSync(join(corpus, prompt), readFileSync(join(corpus, 'prompts/en-weather-b.wav')));
    const { exitCode, stderr } = await runToTheEnd([
      '--bench',
      writeBench([`corpus: ${corpus}`]),
      ...oneTurn,
    ]);
    expect(stderr).toMatch(/en-weather-a has SHA-256/);
    expect(exitCode).toBe(2);
  });

  it('a prompt that is missing', async () => {
    const bench = writeBench([`corpus: ${temporaryFolder()}`]);
    const { exitCode, stderr } = await runToTheEnd(['--bench', bench, ...oneTurn]);
    expect(stderr).toMatch(/prompts\.yaml/);
    expect(exitCode).toBe(2);
  });
});
