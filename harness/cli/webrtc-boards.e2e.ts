/** Boards that speak WebRTC: the firmwares of the field, simulated, against the mock, with real Opus over real UDP. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../config';
import { readRun } from '../run';
import { runBench } from './__fixtures__/run-earshot';

jest.setTimeout(180_000);

const bench = (name: string): string => join(packageRoot(), `fixtures/benches/${name}.yaml`);
const calls = (grep: string): readonly string[] => ['--suite', 'function-calls', '--grep', grep];
const findingsOf = ({ summary }: Awaited<ReturnType<typeof runBench>>): readonly string[] =>
  summary.findings.map(({ code }) => code);

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
    expect(turns).toHaveLength(3);
    for (const { measurement } of turns)
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

  it('a reply that lost packets in bursts is heard, and the run says what was lost and what was made up', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'earshot-e2e-')), 'lossy.yaml');
    const fixtures = join(packageRoot(), 'fixtures');
    const lossy = readFileSync(bench('openai-demo'), 'utf8')
      .replace('corpus: ..', `corpus: ${JSON.stringify(fixtures)}`)
      .replace('../scenarios', `${fixtures}/scenarios`)
      .replace('budgets: budgets.yaml', `budgets: ${JSON.stringify(join(fixtures, 'benches/budgets.yaml'))}`)
      .replace('  port: 0', '  port: 0\n  network: { down: { loss: { rate: 5%, burst: 3 } } }');
    writeFileSync(path, lossy);
    const result = await runBench([
      '--bench',
      path,
      ...calls('sets the colour|sets the volume|opens the door|closes the door'),
    ]);
    const { turns } = readRun(result.summary.runPath);
    expect(turns).toHaveLength(4);
    const [lost, madeUpMs] = [[0], [0]];
    for (const { record, measurement } of turns) {
      if (record.kind === 'text' || measurement.kind === 'text') throw new Error('a spoken turn is wanted');
      expect(record.providerEvents.map(({ type }) => type)).toContain('heard');
      lost.push(record.network?.down.audioLost ?? 0);
      const { reply } = measurement;
      if (reply.state === 'found') madeUpMs.push(reply.quality?.concealed?.totalMs ?? 0);
    }
    expect(Math.max(...lost)).toBeGreaterThan(0);
    expect(Math.max(...madeUpMs)).toBeGreaterThan(0);
  });
});
