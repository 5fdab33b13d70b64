/** GA firmware against a live provider, through the bench's bridge: a mock in a process of its own stands for the real provider. */
import { createInterface } from 'node:readline';
import { readRun } from '../run';
import { writeTemporary } from './__fixtures__/bench-files';
import {
  ending,
  runEarshot,
  startEarshot,
  temporaryReports,
  type RunSummary,
} from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const KEY = 'sk-only-the-bench-has-it';
const turns = ['--suite', 'conversation', 'function-calls', 'barge-in'];

/** A service that lets nobody in but the bench. */
async function realProvider(): Promise<{ readonly url: string; readonly end: () => Promise<void> }> {
  const child = startEarshot(['provider', '--json', '--port', '0', '--api-key', KEY]);
  const ended = ending(child);
  if (child.stdout === null) throw new Error('its output is wanted');
  for await (const line of createInterface(child.stdout)) {
    const { url } = JSON.parse(line) as { readonly url: string };
    const end = async (): Promise<void> => {
      child.kill('SIGTERM');
      await ended;
    };
    return { url, end };
  }
  throw new Error('the provider has not listened');
}

async function judge(
  provider: string,
  grep: string,
): Promise<RunSummary & { readonly ended: number | null }> {
  const bench = writeTemporary(
    'bench.yaml',
    [
      'schema: earshot/bench@1',
      'boards: [{ name: demo-1, kind: virtual, dialect: openai-demo }]',
      `provider: ${provider}`,
      '',
    ].join('\n'),
  );
  const args = ['run', '--json', '--reports', temporaryReports(), '--bench', bench, ...turns, '--grep', grep];
  const { exitCode, stdout } = await runEarshot(args, { OPENAI_API_KEY: KEY });
  return { ...(JSON.parse(stdout) as RunSummary), ended: exitCode };
}

// A plain turn, and one in which a reply is interrupted and what was said into it calls a function.
describe('a board that calls over WebRTC, and a live provider', () => {
  it.each([
    ['websocket', 'weather \\(en\\)|and obeys', 2],
    ['webrtc', 'and obeys', 1],
  ] as const)('is measured over %s like one with the mock', async (transport, grep, n) => {
    const { url, end } = await realProvider();
    const way = `upstream: "${url}", upstreamTransport: ${transport}`;
    const summary = await judge(`{ kind: proxy, protocol: openai-realtime, ${way} }`, grep);
    await end();
    const { findings, ended, why, selfCheck } = summary;
    expect({ findings, ended, why }).toMatchObject({ findings: [], ended: 0 });
    expect(selfCheck).toMatchObject({ n, ok: true });
    // A take that a busy machine spoilt is there too, ahead of the one that counts.
    const measured = readRun(summary.runPath).turns.filter(
      ({ measurement }) => 'take' in measurement && measurement.take.spoiltBy.length === 0,
    );
    expect(measured).toHaveLength(n);
    for (const { measurement } of measured)
      expect(measurement).toMatchObject({
        methods: { reply: 'known-reply' },
        reply: { state: 'found', completeness: 1 },
        measures: Object.fromEntries(
          ['voiceToVoice', 'uplink', 'endpointing', 'ttfa', 'replyLeadIn', 'downlink'].map((name) => [
            name,
            { state: 'measured' },
          ]),
        ),
      });
  });
});
