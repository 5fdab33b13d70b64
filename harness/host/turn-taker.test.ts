import { join } from 'node:path';
import type { SoundBench } from '../bench';
import { loadScenario, packageRoot } from '../config';
import { loadCorpus, readSpeechClip } from '../corpus';
import { measureTurn, type TurnMeasurement } from '../measurement';
import type { CaptureSlice, Finding, TurnRecord, Xrun } from '../ports';
import { SpeakerWatch } from '../turn';
import { FakeBench } from '../turn/__fixtures__/fake-bench';
import { HilError } from '../errors';
import { BenchHealth } from './bench-health';
import { MeasuredAhead } from './measured-ahead';
import { FindingLog } from './finding-log';
import type { TurnWishes } from './rpc/protocol';
import type { SessionKeeper } from './session-keeper';
import { TakeLedger } from './take-ledger';
import { TurnKeeping } from './turn-keeping';
import { TurnTaker } from './turn-taker';

const fixtures = join(packageRoot(), 'fixtures');
const corpus = loadCorpus(fixtures);
const scenario = loadScenario(join(fixtures, 'scenarios', 'voice-assistant.yaml'));
const prompt = corpus.prompts.get('en-joke-a')!;
const sound = readSpeechClip(prompt);
const timing = { quietMs: 400, deadlineMs: 8_000, playbackGainDb: 0 };

interface TakeOptions {
  readonly xruns?: readonly Omit<Xrun, 'atRigSample'>[];
  readonly unplugged?: boolean;
}

/** A taker on a rig whose takes are, one after the other, what a test says; the last one stays. */
function takerOf(takes: readonly TakeOptions[], limits = { retakes: 2, badTakes: 0.25 }) {
  const fake = new FakeBench();
  let played = 0;
  let count = 0;
  const { rig } = fake;
  const gains: (number | undefined)[] = [];
  const play: typeof rig.play = (_clip, { gainDb } = {}) => {
    gains.push(gainDb);
    played = fake.position + 480;
    return Promise.resolve({ startedAtRigSample: played, lengthSamples: 2 * sound.samples.length });
  };
  // The prompt on the loopback channel, each sample twice: the rig runs at twice the clip's rate.
  const capture = (from: number, to: number): Promise<CaptureSlice> => {
    const { xruns = [], unplugged = false } = takes[Math.min(count, takes.length - 1)]!;
    count += 1;
    const loopback = new Float32Array(to - from);
    if (!unplugged)
      for (let n = 0; n < 2 * sound.samples.length; n += 1)
        loopback[played - from + n] = 0.5 * (sound.samples[n >> 1] ?? 0);
    return Promise.resolve({
      firstRigSample: from,
      rateHz: 48_000,
      roles: ['speaker', 'loopback'],
      channels: [new Float32Array(to - from).map((_, n) => 1e-4 * Math.sin(n * n)), loopback],
      clockPoints: [],
      maxLagMs: 0,
      overruns: xruns.length,
      xruns: xruns.map((xrun) => ({ atRigSample: from + 4_800, ...xrun })),
    });
  };
  const bench = {
    board: Object.assign(fake.board, { dialect: { capabilities: ['audio'] } }),
    rig: Object.assign(rig, { play, capture }),
    provider: fake.provider,
    crashes: { triaged: (fault: unknown) => Promise.resolve(fault) },
    corpus,
    scenario,
  } as unknown as SoundBench;
  const stored: { record: TurnRecord; measurement: TurnMeasurement }[] = [];
  const findings: Finding[] = [];
  const spoilt: true[] = [];
  let measured: TurnMeasurement | undefined;
  const workshop = {
    clipAtRate: () => Promise.resolve(sound),
    clipUnder: () =>
      Promise.resolve({ clip: sound, leadSamples: 0, speechLevelDbFs: -20, noiseLevelDbFs: -30 }),
    measure: async (record: TurnRecord) => {
      // What is measured of a rig that stays unplugged is always the same.
      const isSame = measured !== undefined && takes.length === 1;
      const { clip } = fake.saved.at(-1)!;
      measured = isSame
        ? { ...measured!, turnId: record.turnId }
        : await measureTurn(record, {
            capture: clip,
            prompt: sound,
            received: undefined,
            replies: new Map(),
          });
      return measured;
    },
  };
  const taker = new TurnTaker(
    bench,
    fake,
    new SpeakerWatch(rig),
    timing,
    {
      ensure: () => Promise.resolve(),
      spoil: () => void spoilt.push(true),
      session: 1,
      sessionSeq: 0,
      countTurn: () => 1,
    } as unknown as SessionKeeper,
    workshop as unknown as ConstructorParameters<typeof TurnTaker>[5],
    new TurnKeeping(
      { appendTurn: (turn: never) => stored.push(turn) } as unknown as ConstructorParameters<
        typeof TurnKeeping
      >[0],
      1,
    ),
    new FindingLog(fake.clock, (finding) => findings.push(finding)),
    new BenchHealth(bench, () => undefined),
    [],
    new TakeLedger(limits),
  );
  return {
    fake,
    stored,
    findings,
    spoilt,
    gains,
    take: (wishes?: TurnWishes) => fake.run(taker.take('en-joke-a', wishes)),
  };
}

const spoiltBy = (stored: readonly { readonly measurement: TurnMeasurement }[]) =>
  stored.map(({ measurement }) => measurement.take?.spoiltBy);

describe('TurnTaker', () => {
  it('repeats a take that lost sound, keeps it, and blames nobody once the next one is good', async () => {
    const { take, stored, findings } = takerOf([{ xruns: [{ kind: 'overrun', lostSamples: 480 }] }, {}]);
    const { record, measurement } = await take();
    expect(stored.map((turn) => turn.record.turnId)).toEqual(['t0001', 't0002']);
    expect(spoiltBy(stored)).toEqual([['xrun'], []]);
    expect(stored[0]!.measurement.take).toMatchObject({ xruns: 1, lostSamples: 480 });
    expect(stored[0]!.record.capture?.xruns).toMatchObject([{ kind: 'overrun', lostSamples: 480 }]);
    expect(stored[0]!.measurement.measures.voiceToVoice).toEqual({
      state: 'not-measured',
      reason: 'bad-take',
    });
    expect(record.turnId).toBe('t0002');
    expect(measurement.take).toMatchObject({ loopbackFound: true, xruns: 0 });
    // Nobody answered in this test: what is said of that, the good take alone says.
    expect(findings.map(({ turnId }) => turnId)).toEqual(['t0002']);
    expect(findings.filter(({ code }) => code.startsWith('HIL_RIG_'))).toEqual([]);
  });

  it('blames the bench when the last retake is spoilt as well', async () => {
    const { take, stored, findings } = takerOf([
      { unplugged: true },
      { xruns: [{ kind: 'short-read' }] },
      { xruns: [{ kind: 'overrun', lostSamples: 480 }, { kind: 'underrun' }] },
    ]);
    await take();
    expect(spoiltBy(stored)).toEqual([['no-loopback'], ['xrun'], ['xrun']]);
    expect(findings).toMatchObject([
      {
        code: 'HIL_RIG_XRUN',
        origin: 'bench',
        turnId: 't0003',
        message:
          'The rig lost sound in this take: overrun of 480 samples 100 ms into the capture, and 1 more.',
      },
    ]);
  });

  it('repeats no take whose session the provider ended: its log says so, whatever the rig was like', async () => {
    const { fake, take, stored, findings } = takerOf([{ xruns: [{ kind: 'overrun', lostSamples: 480 }] }]);
    fake.at(1_500, () =>
      fake.says({ type: 'session-closed', closeCode: 1006, reason: '', closedBy: 'provider' }),
    );
    await take();
    expect(spoiltBy(stored)).toEqual([['xrun']]);
    expect(findings).toMatchObject([
      { code: 'HIL_TURN_PROVIDER_FAILED', origin: 'provider', turnId: 't0001' },
    ]);
  });

  it('plays a prompt under conditions, says which, and tells nothing of a survey that the board did not hear', async () => {
    const { take, stored, findings, gains } = takerOf([{}]);
    const conditions = { gainDb: -30, snrDb: 10 };
    const { findings: seen } = await take({ conditions, survey: true });
    expect(gains).toEqual([-30]);
    expect(stored[0]!.record).toMatchObject({
      survey: true,
      conditions: { ...conditions, speechLevelDbFs: -50, noiseLevelDbFs: -60 },
    });
    expect(seen.map(({ code }) => code)).toEqual(['HIL_TURN_UNHEARD']);
    expect(findings).toEqual([]);
  });

  it('tells what the rig did in a survey', async () => {
    const { take, findings } = takerOf([{ unplugged: true }], { retakes: 0, badTakes: 0.25 });
    await take({ survey: true });
    expect(findings.map(({ code }) => code)).toEqual(['HIL_RIG_NO_LOOPBACK']);
  });

  it('repeats nothing that the bench does not bear', async () => {
    const { take, stored, findings, spoilt } = takerOf([{ unplugged: true }], { retakes: 0, badTakes: 0.25 });
    await take();
    expect(stored).toHaveLength(1);
    // Nothing was received by the end of this turn: whatever holds the board up, the next one needs a new session.
    expect(spoilt).toEqual([true]);
    expect(findings.map(({ code }) => code)).toEqual(['HIL_RIG_NO_LOOPBACK']);
  });

  it('plays on no more once the rig has spoilt too many takes', async () => {
    const { take, stored } = takerOf([{ unplugged: true }]);
    await take();
    await take();
    await take();
    expect(stored).toHaveLength(8);
    await expect(take()).rejects.toMatchObject({
      code: 'HIL_RIG_TAKES',
      message: 'The rig spoilt 8 of 8 takes (no-loopback 8): 100 %, and the bench bears 25 %.',
    });
    expect(stored).toHaveLength(8);
  });
});

const recordOf = (turnId: string): TurnRecord => ({ turnId }) as TurnRecord;

/** A workshop that measures a turn's name, and the turns that it was asked for. */
function workshop(fails: readonly string[] = []) {
  const asked: string[] = [];
  const measure = ({ turnId }: TurnRecord): Promise<TurnMeasurement> => {
    asked.push(turnId);
    if (fails.includes(turnId)) return Promise.reject(new HilError('HIL_HARNESS_UNEXPECTED', turnId));
    return Promise.resolve({ turnId: `measured ${turnId}` } as TurnMeasurement);
  };
  return { asked, ahead: new MeasuredAhead({ measure }) };
}

describe('MeasuredAhead', () => {
  it('measures a turn once whose draft became its record', async () => {
    const { asked, ahead } = workshop();
    const draft = recordOf('draft');
    ahead.begin(draft);
    expect(asked).toEqual(['draft']);
    expect(await ahead.measure(draft)).toEqual({ turnId: 'measured draft' });
    expect(asked).toEqual(['draft']);
  });

  it('measures the record that a turn has in the end, whatever its draft came to', async () => {
    const { asked, ahead } = workshop(['draft']);
    ahead.begin(recordOf('draft'));
    expect(await ahead.measure(recordOf('whole'))).toEqual({ turnId: 'measured whole' });
    expect(asked).toEqual(['draft', 'whole']);
  });

  it('measures a turn that had no draft, and tells why one could not be measured', async () => {
    const { ahead } = workshop();
    expect(await ahead.measure(recordOf('whole'))).toEqual({ turnId: 'measured whole' });
    const broken = workshop(['draft']);
    const draft = recordOf('draft');
    broken.ahead.begin(draft);
    await expect(broken.ahead.measure(draft)).rejects.toMatchObject({ code: 'HIL_HARNESS_UNEXPECTED' });
  });
});
