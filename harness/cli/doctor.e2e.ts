/** The doctor on the virtual bench, whole and with a board that neither hears nor speaks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBenchCa, makeServerCertificate } from '../provider';
import { temporaryFolder, writeBench } from './__fixtures__/bench-files';
import { ending, runBench, runEarshot, startEarshot } from './__fixtures__/run-earshot';

jest.setTimeout(120_000);

interface Told {
  readonly exitCode: number;
  readonly checks: readonly {
    readonly id: string;
    readonly state: string;
    readonly seen: string;
    readonly origin?: string;
    readonly because?: string;
  }[];
}

const stateOf = ({ checks }: Told, id: string): string | undefined =>
  checks.find((one) => one.id === id)?.state;

it('finds the virtual bench ready but for the microphone and the speaker that were switched off, and accuses the board of both', async () => {
  const { exitCode, stdout } = await runEarshot([
    'doctor',
    '--json',
    '--fault',
    'dead-mic',
    '--fault',
    'dead-speaker',
    // What other cases leave of the machine may be little.
    '--within',
    '60',
  ]);
  const told = JSON.parse(stdout) as Told;
  expect(told.checks.filter(({ state }) => state === 'fail')).toMatchObject([
    { id: 'microphone', origin: 'board', seen: expect.stringMatching(/^the microphone is silent/) as string },
    { id: 'speaker', origin: 'board', seen: expect.stringMatching(/^the speaker is silent/) as string },
  ]);
  for (const id of [
    'port',
    'permission',
    'lock',
    'reset',
    'console',
    'firmware',
    'provider',
    'route',
    'rig',
    'connection',
  ])
    expect([id, stateOf(told, id)]).toEqual([id, 'ok']);
  expect(exitCode).toBe(1);
});

it('tells in text what is missing, what needs it, and what to do', async () => {
  const board = '  - { name: b1, kind: serial, port: /dev/ttyUSB97, rig: {} }';
  const { exitCode, stdout } = await runEarshot([
    'doctor',
    '--bench',
    writeBench([], [board]),
    '--only',
    'console,disk',
  ]);
  expect(stdout).toMatch(
    /^ {2}fail {5}port {11}\/dev\/ttyUSB97 is not there; .+\n {11}expected {7}.+\n {11}remedy {9}Plug the board in/m,
  );
  expect(stdout).toMatch(/^ {2}skipped {2}console {8}not looked at, since port failed$/m);
  expect(stdout).toMatch(/^ {2}ok {7}disk/m);
  expect(stdout).toMatch(/^The bench is not ready: port failed; /m);
  expect(exitCode).toBe(3);
});

it('closes the bench and ends with 130 on Ctrl-C', async () => {
  const child = startEarshot(['doctor']);
  const ended = ending(child);
  await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ exitCode: 130, stderr: 'Interrupted: the bench is closed.\n' });
});

it('ends a run whose bench does not prove itself before the board is asked anything: nobody is judged', async () => {
  const folder = temporaryFolder();
  const long = { from: new Date(Date.UTC(2020, 0, 1)), days: 36_500 };
  const ca = await makeBenchCa('earshot bench', long);
  const server = await makeServerCertificate(ca, ['localhost'], { from: long.from, days: 30 });
  const files = { 'ca.pem': ca.cert, 'server.pem': server.cert, 'server.key': server.key };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const bench = writeBench([`provider: { kind: mock, certs: ${folder} }`]);
  const { exitCode, summary } = await runBench(['--bench', bench, '--suite', 'session']);
  expect(exitCode).toBe(3);
  expect(summary).toMatchObject({ outcome: 'not-judged', turns: [] });
  expect(summary.findings).toMatchObject([
    {
      code: 'HIL_BENCH_PREFLIGHT',
      origin: 'bench',
      message: 'Bench bad is not ready for a run: certificate: the certificate expired on 2020-01-31.',
    },
  ]);
});

it('refuses a check that there is none of', async () => {
  const { exitCode, stderr } = await runEarshot(['doctor', '--only', 'discs']);
  expect(stderr).toMatch(/There is no check "discs"; there are port, /);
  expect(exitCode).toBe(2);
});
