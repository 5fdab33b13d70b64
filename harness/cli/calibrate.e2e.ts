/** `earshot calibrate` as a person runs it. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../config';
import { readCalibration, storeCalibration, type RigCalibration } from '../rig';
import { describeWithPulse, startPrivatePulse, type PrivatePulse } from '../rig/__fixtures__/private-pulse';
import type { RunRecord } from '../run';
import {
  ending,
  runEarshot,
  startEarshot,
  temporaryReports,
  type Ended,
  type RunSummary,
} from './__fixtures__/run-earshot';

jest.setTimeout(120_000);

const virtualBench = join(packageRoot(), 'fixtures/benches/virtual.yaml');
const stateFolder = (): string => mkdtempSync(join(tmpdir(), 'earshot-state-'));
const kept = 'earshot/calibration/virtual--virtual-1_rig.json';

it('measures the rig of the virtual bench, finds nothing wrong and keeps what it found', async () => {
  const state = stateFolder();
  const args = ['calibrate', '--bench', virtualBench, '--restarts', '1', '--json'];
  const { exitCode, stdout, stderr } = await runEarshot(args, { XDG_STATE_HOME: state });
  const printed = JSON.parse(stdout) as { storedAs: string; calibration: RigCalibration };
  expect(printed).toMatchObject({ schema: 'earshot/calibrate@1', storedAs: join(state, kept) });
  const { calibration } = printed;
  expect(readCalibration(printed.storedAs)).toEqual(calibration);
  expect(calibration).toMatchObject({ rig: 'virtual-1 rig', topology: 'virtual', rateHz: 48_000 });
  expect(calibration.lines.flatMap(({ fault }) => fault ?? [])).toEqual([]);
  // The rig of the virtual bench has a loopback of 0 dB and no delay, bleed of -26 dB 1.5 ms later.
  expect(Math.abs(calibration.roundTrip!.samples)).toBeLessThan(0.1);
  expect(calibration.roundTrip!.withinStreamSamples).toBeLessThan(1);
  expect(calibration.roundTrip!.streams).toHaveLength(2);
  const loopback = calibration.channels.find(({ role }) => role === 'loopback');
  expect(loopback!.playback!.gainDb).toBeCloseTo(0, 1);
  expect(stderr).toMatch(/some 20 s of noise at -20 dBFS at most/);
  expect(exitCode).toBe(0);
});

it('says what is wrong, keeps nothing and ends with 3 when the loopback is missing', async () => {
  const bench = join(stateFolder(), 'bench.yaml');
  const rig = '{ kind: virtual, loopbackGainDb: -120, calibration: kept.json }';
  writeFileSync(bench, `schema: earshot/bench@1\nboards:\n  - { name: b1, kind: virtual, rig: ${rig} }\n`);
  const { exitCode, stdout } = await runEarshot(['calibrate', '--bench', bench, '--restarts', '0']);
  expect(stdout).toMatch(/^ {2}fail {2}loopback .*the loopback channel does not have the playback/m);
  expect(stdout).toMatch(/Plug the loopback cable/);
  expect(stdout).toMatch(/Not kept/);
  expect(existsSync(join(bench, '../kept.json'))).toBe(false);
  expect(exitCode).toBe(3);
});

describeWithPulse('a run on a sound card (skipped without PulseAudio)', () => {
  let pulse: PrivatePulse;
  beforeAll(async () => {
    pulse = await startPrivatePulse();
  });
  afterAll(() => pulse.close());

  /** A bench in the sound server, whose calibration was made with this card at that time. */
  function benchCalibratedWith(stableId: string, measuredAt: string): string {
    const bench = join(stateFolder(), 'bench.yaml');
    const sound = '{ kind: pulse, source: cable_to_mic.monitor, sink: cable_from_speaker }';
    const rig =
      '{ kind: pulse, sink: cable_to_mic, source: earshot_rig.monitor, channels: { loopback: 0, speaker: 1 }, calibration: kept.json }';
    writeFileSync(
      bench,
      `schema: earshot/bench@1\nboards:\n  - { name: b1, kind: virtual, sound: ${sound}, rig: ${rig} }\n`,
    );
    storeCalibration(join(bench, '../kept.json'), {
      schema: 'earshot/rig-calibration@1',
      earshotVersion: '0.1.0',
      measuredAt,
      rig: 'b1 rig',
      card: { kind: 'pulse', name: 'the card that was calibrated', stableId },
      rateHz: 48_000,
      roles: ['speaker', 'loopback'],
      topology: 'loopback',
      levelDbFs: -20,
      channels: [],
      roundTrip: { samples: 9600, ms: 200, uncertaintyMs: 0.1, withinStreamSamples: 0, streams: [] },
      steps: [],
      lines: [],
      status: 'ok',
    });
    return bench;
  }

  async function runOn(bench: string): Promise<Ended & { readonly summary: RunSummary }> {
    // One short test: what is looked at comes before it.
    const tests = ['--suite', 'boot', '--grep', 'lists its commands'];
    const args = ['run', '--json', '--bench', bench, ...tests, '--reports', temporaryReports()];
    const ended = await runEarshot(args, pulse.env);
    return { ...ended, summary: JSON.parse(ended.stdout) as RunSummary };
  }

  it('is not judged with another card than the one that was calibrated', async () => {
    const bench = benchCalibratedWith('usb:1235:8210:Y8KX1', new Date().toISOString());
    const { exitCode, summary } = await runOn(bench);
    expect(summary.findings.map(({ code }) => code)).toContain('HIL_RIG_OTHER_CARD');
    expect(exitCode).toBe(3);
  });

  it('goes by the calibration of its card, names it in run.json, and warns when it is stale', async () => {
    const bench = benchCalibratedWith('pulse:earshot_rig.monitor+cable_to_mic', '2020-01-01T00:00:00.000Z');
    const { summary, stderr, stdout } = await runOn(bench);
    const record = JSON.parse(readFileSync(join(summary.runPath, 'run.json'), 'utf8')) as RunRecord;
    expect(record.rig?.calibration).toMatchObject({
      path: join(bench, '../kept.json'),
      measuredAt: '2020-01-01T00:00:00.000Z',
      roundTrip: { ms: 200, uncertaintyMs: 0.1 },
    });
    expect(stderr + stdout).toMatch(/calibration of b1 rig is \d+ days old, more than 30 days/);
  });
});

it('keeps nothing at Ctrl-C', async () => {
  const state = stateFolder();
  const child = startEarshot(['calibrate', '--bench', virtualBench], { XDG_STATE_HOME: state });
  const ended = ending(child);
  child.stderr?.once('data', () => child.kill('SIGINT'));
  const { exitCode, stdout } = await ended;
  expect([exitCode, stdout]).toEqual([130, '']);
  expect(existsSync(join(state, kept))).toBe(false);
});

it.each<[string, readonly string[], RegExp]>([
  ['a board that is not there', ['--bench', virtualBench, '--rig', 'b7'], /no rig at a board "b7"/],
  [
    'a level that is too loud',
    ['--bench', virtualBench, '--level', '0'],
    /--level takes a whole number from -60 to -12/,
  ],
  ['no bench', [], /bench/],
])('ends with 2 and says what is wrong: %s', async (_, args, message) => {
  const { exitCode, stderr } = await runEarshot(['calibrate', ...args]);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});
