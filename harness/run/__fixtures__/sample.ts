import {
  measureNames,
  notMeasured,
  type Distribution,
  type Measured,
  type MeasureName,
} from '../../measurement';
import type { FinishedTurn } from '../read-run';
import type { RunEnd } from '../finish-run';
import type { InitialRunRecord } from '../run-store';

/** The least that a run store takes: for tests of the store. */
export const initialRecord: InitialRunRecord = {
  earshotVersion: '0.1.0',
  startedAtHostMs: 0,
  bench: { name: 'virtual', path: '/bench.yaml' },
  boards: [
    {
      name: 'atom',
      model: 'AtomS3R',
      dialect: {
        name: 'openai-demo',
        firmware: 'openai_demo',
        protocol: 'openai-realtime',
        capabilities: ['audio'],
        knownGaps: [],
      },
    },
  ],
  rig: { name: 'virtual', topology: 'virtual', rateHz: 48_000 },
  provider: { name: 'mock', protocol: 'openai-realtime' },
  scenario: { name: 'home', sha256: '00' },
  corpus: { path: '/fixtures', sha256: '00', prompts: 1 },
  faults: [],
};

const byMeasure = <T>(of: (name: MeasureName) => T): Record<MeasureName, T> =>
  Object.fromEntries(measureNames.map((name) => [name, of(name)])) as Record<MeasureName, T>;

/** A turn in which nothing was measured. `capturePath`: of a capture that was saved, relative to the run. */
export const sampleTurn = (turnId: string, capturePath?: string): FinishedTurn => ({
  record: {
    schema: 'earshot/turn@1',
    turnId,
    boardName: 'atom',
    session: 1,
    turnInSession: 1,
    prompt: {
      id: 'en-light-on-a',
      utterance: 'en-light-on',
      kind: 'prompt',
      language: 'en',
      voice: 'a',
      transcript: 'Turn on the light.',
      licence: 'CC0',
      path: '/p.wav',
      sha256: '00',
      rateHz: 16_000,
      lengthSamples: 16_000,
      onsetSample: 100,
      offsetSample: 15_000,
    },
    expected: { utterance: 'en-light-on', calls: [], spoken: true },
    topology: 'virtual',
    startedAtHostMs: 1,
    endedAtHostMs: 6,
    ending: 'answered',
    deadlineMs: 8_000,
    playback: undefined,
    capture:
      capturePath === undefined
        ? undefined
        : {
            path: capturePath,
            rateHz: 48_000,
            roles: ['speaker', 'loopback'],
            firstRigSample: 0,
            lengthSamples: 350,
            clockPoints: [],
            maxLagMs: 0,
            overruns: 0,
          },
    received: undefined,
    replies: [],
    consoleLines: [{ index: 0, text: 'I (1) key sk-abcdefgh12345678', boot: 1, hostAtMs: 2, byteOffset: 0 }],
    boardEvents: [],
    providerEvents: [],
    faults: [],
    truth: undefined,
  },
  measurement: {
    schema: 'earshot/turn-measurement@1',
    turnId,
    topology: 'virtual',
    measures: byMeasure((): Measured => notMeasured('no-capture')),
    marks: [],
    heard: undefined,
    calls: [],
    reply: { state: 'not-sent' },
    witness: { onLoopback: false, asBleed: false, receivedLevelDbFs: -Infinity },
    levels: { loopbackDbFs: undefined, noiseFloorDbFs: undefined },
    selfCheck: undefined,
  },
});

/** An end of a run that failed. */
export const endOf = (voiceToVoice: Partial<Distribution>): Omit<RunEnd, 'record'> => ({
  endedAtHostMs: 99,
  verdict: {
    schema: 'earshot/verdict@1',
    outcome: 'fail',
    exitCode: 1,
    why: 'The board failed.',
    turns: [],
    findings: [],
    budgets: [],
    distributions: byMeasure((name) => ({
      n: 0,
      censored: 0,
      notMeasured: 1,
      valuesMs: [],
      ...(name === 'voiceToVoice' ? voiceToVoice : {}),
    })),
    selfCheck: undefined,
  },
});
