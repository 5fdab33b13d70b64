/** Boards that speak WebRTC: the firmwares of the field, simulated, against the mock, with real Opus over real UDP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config';
import { readRun } from '../run';
import { writeTemporary } from './__fixtures__/bench-files';
import { runBench } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const bench = (name: string): string => join(packageRoot(), `fixtures/benches/${name}.yaml`);
const calls = (grep: string): readonly string[] => ['--suite', 'function-calls', '--grep', grep];
const findingsOf = ({ summary }: Awaited<ReturnType<typeof runBench>>): readonly string[] =>
  summary.findings.map(({ code }) => code);

/** The bench of openai-demo, with one more key of its provider. */
function benchWith(key: string): string {
  const fixtures = join(packageRoot(), 'fixtures');
  return readFileSync(bench('openai-demo'), 'utf8')
    .replace('corpus: ..', `corpus: ${JSON.stringify(fixtures)}`)
    .replace('../scenarios', `${fixtures}/scenarios`)
    .replace('budgets: budgets.yaml', `budgets: ${JSON.stringify(join(fixtures, 'benches/budgets.yaml'))}`)
    .replace('  port: 0', `  port: 0\n  ${key}`);
}

describe('boards that speak WebRTC', () => {
  it('openai-demo sets volume, colour and door, timed to a tenth of a millisecond', async () => {
    const result = await runBench([
      '--bench',
      bench('openai-demo'),
      ...calls('sets the colour|sets the volume|opens the door'),
    ]);
    expect({ findings: findingsOf(result), exitCode: result.exitCode }).toEqual({
      findings: [],
      exitCode: 0,
    });
    const { turns } = readRun(result.summary.runPath);
    // A take that a busy machine spoilt is there too, ahead of the one that counts.
    const counted = turns.filter(
      ({ measurement }) => 'take' in measurement && measurement.take.spoiltBy.length === 0,
    );
    expect(counted).toHaveLength(3);
    for (const { measurement } of counted)
      expect(measurement).toMatchObject({ measures: { voiceToVoice: { state: 'measured' } } });
  });

  it('the AtomS3R fork is told that it advertises no SetVolume, which its class list loses', async () => {
    const result = await runBench(['--bench', bench('atoms3r'), ...calls('sets the volume|opens the door')]);
    expect({ findings: findingsOf(result), exitCode: result.exitCode }).toEqual({
      findings: ['HIL_SESSION_TOOL_MISSING'],
      exitCode: 1,
    });
    expect(result.summary.why).toContain('tool SetVolume not advertised by the firmware');
  });

  it('a call whose events end in the middle of a reply by order is held against nobody’s board: exit code 4', async () => {
    const result = await runBench([
      ...['--bench', writeTemporary('mute.yaml', benchWith('faults: [channel-closes]'))],
      ...calls('opens the door'),
    ]);
    expect({ codes: [...new Set(findingsOf(result))], exitCode: result.exitCode }).toEqual({
      codes: ['HIL_PROVIDER_FAULT_ORDERED'],
      exitCode: 4,
    });
    expect(result.summary.why).toContain('channel-closes');
  });

  it('a reply that lost packets in bursts is heard, the run says what was lost and what that did to the sound, and the turn after loses none', async () => {
    const suite = `import { test } from 'earshot';
      test('loses runs of packets in two turns of three', { needs: ['audio'] }, async ({ turn }) => {
        const network = { down: { loss: { rate: 0.15, burst: 3 } } };
        for (let n = 0; n < 2; n += 1) await turn('en-joke', { network });
        await turn('en-joke');
      });`;
    const result = await runBench([
      ...['--bench', writeTemporary('linked.yaml', benchWith('network: {}'))],
      ...['--suite', writeTemporary('lossy.hil.ts', suite)],
    ]);
    const { turns } = readRun(result.summary.runPath);
    const seen = turns.map(({ record, measurement }) => {
      if (record.kind === 'text' || measurement.kind === 'text') throw new Error('a spoken turn is wanted');
      const { reply } = measurement;
      return {
        isHeard: record.providerEvents.some(({ type }) => type === 'heard'),
        isLossy: (record.network?.down.audioLost ?? 0) > 0,
        marred: reply.state === 'found' ? (reply.quality?.stretches?.length ?? 0) : 0,
      };
    });
    expect(seen.map(({ isHeard, isLossy }) => [isHeard, isLossy])).toEqual([
      [true, true],
      [true, true],
      [true, false],
    ]);
    const [first = 0, second = 0, clean] = seen.map(({ marred }) => marred);
    expect(Math.max(first, second)).toBeGreaterThan(0);
    expect(clean).toBe(0);
  });
});
