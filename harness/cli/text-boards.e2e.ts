/** Boards that are asked in writing: each dialect with the mock of its provider, and faults told apart. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVirtualBoard } from '../../firmware/virtual-board';
import { packageRoot } from '../config';
import { readRun } from '../run';
import { runBench } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const bench = (dialect: string): string => join(packageRoot(), `fixtures/benches/${dialect}.yaml`);
const chat = ['--suite', 'text-chat', '--turns', '1'];
/** One question is enough for a fault; boards that ask by themselves skip it and answer once. */
const once = [...chat, '--grep', 'weather \\(en\\)|answers 1 times'];

/** Codes of all findings, each once. */
const codesOf = ({ summary }: Awaited<ReturnType<typeof runBench>>): string[] => [
  ...new Set(summary.findings.map(({ code }) => code)),
];

/** One that nobody has at this moment. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

describe('boards that are asked in writing', () => {
  it.each(['idf-chat', 'micropython-chat', 'spark-chat', 'hunyuan-chat', 'pangu-chat', 'ollama-chat'])(
    '%s completes its suite against its mock',
    async (dialect) => {
      const result = await runBench(['--bench', bench(dialect), ...chat]);
      expect({ findings: codesOf(result), exitCode: result.exitCode }).toEqual({ findings: [], exitCode: 0 });
      const { turns, record } = readRun(result.summary.runPath);
      expect(record.rig).toBeUndefined();
      expect(turns.length).toBeGreaterThan(0);
      for (const { measurement } of turns) {
        expect(measurement).toMatchObject({
          kind: 'text',
          answerCheck: { state: 'same' },
          measures: {
            questionToAnswer: { state: 'measured' },
            timeToFirstToken: { state: 'measured' },
            totalTime: { state: 'measured' },
          },
        });
      }
    },
  );

  it('one that is reached over RFC 2217, as on another machine, is reset by its lines and completes its suite', async () => {
    const providerPort = await freePort();
    const board = await startVirtualBoard({
      dialect: 'ollama-chat',
      providerUrl: `http://127.0.0.1:${providerPort}`,
      rfc2217Port: 0,
    });
    const path = join(mkdtempSync(join(tmpdir(), 'earshot-e2e-')), 'far.yaml');
    writeFileSync(
      path,
      readFileSync(bench('rfc2217'), 'utf8')
        .replace('127.0.0.1:2217', `127.0.0.1:${board.rfc2217?.port ?? 0}`)
        .replace(/port: 11435.*/, `port: ${providerPort}`),
    );
    try {
      const result = await runBench(['--bench', path, ...once]);
      expect({ findings: codesOf(result), exitCode: result.exitCode }).toEqual({ findings: [], exitCode: 0 });
      expect(readRun(result.summary.runPath).turns).not.toHaveLength(0);
    } finally {
      await board.close();
    }
  });

  it('an answer that is printed as another one is the fault of the board', async () => {
    const result = await runBench(['--bench', bench('ollama-chat'), ...once, '--fault', 'garbled-answer']);
    expect({ findings: codesOf(result), exitCode: result.exitCode }).toEqual({
      findings: ['HIL_TURN_ANSWER_CHANGED'],
      exitCode: 1,
    });
  });

  it('names the clock where the provider’s certificate is from the future of the board’s date', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'earshot-e2e-')), 'skewed.yaml');
    writeFileSync(
      path,
      `schema: earshot/bench@1
boards: [{ name: idf-1, kind: virtual, dialect: idf-chat }]
provider: { protocol: deepseek, tls: true }
ntp: { answers: [{ skew: -9600h }] }
`,
    );
    const result = await runBench(['--bench', path, ...once]);
    expect({ findings: codesOf(result), exitCode: result.exitCode }).toEqual({
      findings: ['HIL_TURN_CLOCK_WRONG'],
      exitCode: 3,
    });
    expect(result.summary.why).toMatch(/clock of board idf-1 is 345\d\d\d\d\d s slow/);
  });

  it.each([
    ['idf-chat', 'protocol: deepseek, tls: true'],
    // Prints nothing of the time: the provider's refusal tells.
    ['hunyuan-chat', 'protocol: hunyuan'],
  ])(
    'blames the board that does not ask for the time where the bench tells it: %s',
    async (dialect, provider) => {
      const path = join(mkdtempSync(join(tmpdir(), 'earshot-e2e-')), 'timely.yaml');
      writeFileSync(
        path,
        `schema: earshot/bench@1
boards: [{ name: chat-1, kind: virtual, dialect: ${dialect} }]
provider: { ${provider} }
ntp: {}
`,
      );
      const result = await runBench(['--bench', path, ...once, '--fault', 'no-sntp']);
      expect({ findings: codesOf(result), exitCode: result.exitCode }).toEqual({
        findings: ['HIL_TURN_TIME_NOT_TAKEN'],
        exitCode: 1,
      });
      expect(result.summary.why).toContain("has not asked the bench's time server");
    },
  );

  it('names the clock where the provider refuses a signature of the wrong date', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'earshot-e2e-')), 'fast.yaml');
    writeFileSync(
      path,
      `schema: earshot/bench@1
boards: [{ name: spark-1, kind: virtual, dialect: spark-chat }]
provider: { protocol: spark }
ntp: { answers: [{ skew: 10min }] }
`,
    );
    const result = await runBench(['--bench', path, ...once]);
    expect({ findings: codesOf(result), exitCode: result.exitCode }).toEqual({
      findings: ['HIL_TURN_CLOCK_WRONG'],
      exitCode: 3,
    });
    expect(result.summary.why).toMatch(/clock of board spark-1 is (599|600) s fast, 300 s are allowed/);
  });
});
