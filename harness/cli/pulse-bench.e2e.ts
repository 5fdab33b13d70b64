/** The bench in a real sound server: fixtures/benches/pulse.yaml beside a private PulseAudio, held against the bits of its captures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { packageRoot } from '../config';
import { isSoundTurn } from '../measurement';
import { readBoardRecord, turnTruth } from '../proving-ground/server-sound';
import { describeWithPulse, startPrivatePulse, type PrivatePulse } from '../rig/__fixtures__/private-pulse';
import { readRun } from '../run';
import { temporaryFolder, writeTemporary } from './__fixtures__/bench-files';
import { codesOf, startRun } from './__fixtures__/marked-run';

jest.setTimeout(180_000);

/** The bench of the package, with a board that keeps its sound. */
function recordingBench() {
  const benches = join(packageRoot(), 'fixtures/benches');
  const bench = parse(readFileSync(join(benches, 'pulse.yaml'), 'utf8')) as {
    corpus: string;
    scenario: string;
    budgets: string;
    boards: { sound: { record?: string } }[];
  };
  for (const key of ['corpus', 'scenario', 'budgets'] as const) bench[key] = join(benches, bench[key]);
  const record = join(temporaryFolder(), 'board');
  bench.boards[0]!.sound.record = record;
  return { path: writeTemporary('pulse.yaml', stringify(bench)), record };
}

/** Process of the virtual board's recording or playback, by the server's list of streams. */
async function streamOfBoard({ pactl }: PrivatePulse, list: 'source-outputs' | 'sink-inputs') {
  const streams = JSON.parse(await pactl('--format=json', 'list', list)) as {
    properties: Readonly<Record<string, string>>;
  }[];
  const own = streams.find(({ properties }) => properties['application.name'] === 'earshot virtual board');
  return Number(own!.properties['application.process.id']);
}

describeWithPulse(
  'a bench in PulseAudio (skipped without it: apt-get install pulseaudio pulseaudio-utils)',
  () => {
    let pulse: PrivatePulse;
    beforeAll(async () => {
      pulse = await startPrivatePulse();
    });
    afterAll(() => pulse.close());

    it('answers and executes, and its latencies are those of the bits in the captures', async () => {
      const bench = recordingBench();
      const suites = ['--suite', 'conversation', '--suite', 'function-calls'];
      const run = startRun(
        ['--bench', bench.path, ...suites, '--grep', 'weather \\(en\\)|opens the door'],
        pulse.env,
      );
      const { exitCode, summary } = await run.ended;
      expect({ codes: codesOf(await run.ended), exitCode }).toEqual({ codes: [], exitCode: 0 });
      const board = readBoardRecord(bench.record);
      const turns = readRun(summary.runPath).turns.filter(isSoundTurn);
      expect(turns.map(({ record }) => record.topology)).toEqual(['loopback', 'loopback']);
      for (const turn of turns) {
        const { exact, check } = await turnTruth(summary.runPath, turn, board, 0);
        expect(exact).toMatchObject({ promptsAreExact: true });
        // The target of issue 7; the estimator is a thousand times better than that.
        expect(Math.abs(check!.voiceToVoiceErrorMs)).toBeLessThan(1);
      }
    });

    it('is the bench’s fault where the board loses the server and the rig does not', async () => {
      const run = startRun(['--bench', recordingBench().path, '--suite', 'conversation'], pulse.env);
      await run.turns(1);
      process.kill(await streamOfBoard(pulse, 'sink-inputs'), 'SIGKILL');
      const { exitCode, summary } = await run.ended;
      expect({ codes: codesOf({ summary }), exitCode }).toEqual({
        codes: ['HIL_RIG_LINK_LOST'],
        exitCode: 3,
      });
      expect(summary.why).toContain('pacat to cable_from_speaker ended (SIGKILL)');
    });
  },
);
