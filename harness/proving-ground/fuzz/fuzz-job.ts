import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import WebSocket from 'ws';
import { loadScenario } from '../../config';
import { loadCorpus } from '../../corpus';
import {
  systemClock,
  type EventSequence,
  type ProviderEvent,
  type ProviderProtocol,
  type Scenario,
  type VoiceProvider,
} from '../../ports';
import { openMock } from '../../provider';
import { derivedSeed } from '../../units';
import type { Target } from '../accuracy/targets';
import type { LongJob } from '../long/long-job';
import { sourcesKey } from '../long/sources-key';
import { fuzzCalls } from './fuzz-calls';
import { fuzzRuns, fuzzYaml, type FileFuzzReport } from './fuzz-files';
import { fuzzWav } from './fuzz-wav';
import { fuzzChannel } from './fuzz-channel';
import { fuzzHttp } from './fuzz-http';
import type { FuzzReport } from './fuzz-report';
import { fuzzSpark } from './fuzz-spark';
import { fuzzWebSocket } from './fuzz-websocket';
import { betaEvents, gaEvents, keyRequests } from './realtime-samples';
import { httpSamples } from './samples';
import { fuzzCredentials, isSigned, signedSamples } from './signed-samples';

export interface FuzzJobOptions {
  /** Of the repository: holds `dist` and `fixtures`. */
  readonly root: string;
  /** For each mock. */
  readonly messages: number;
  /** For each kind of file that is read. */
  readonly files: number;
}

/** What one mock made of its messages. */
interface FuzzPart {
  readonly report: FuzzReport;
  /** Of the second half of the messages, the mock's log left out. */
  readonly heapGrowthBytesPerMessage: number;
}

const SEED = 20_261_121;
const SLICE = 1000;
/**
 * A kept exchange is several KiB of request, response and socket; what the log takes beyond its JSON, and the collector's noise,
 * were seen up to 250.
 */
const FLAT_BYTES_PER_MESSAGE = 1024;

/** The collector, which Node hides unless it is asked. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Of what a log holds. */
const sizeOf = (events: EventSequence<ProviderEvent>): number =>
  events.reduce((sum, event) => sum + JSON.stringify(event).length, 0);

const together = (reports: readonly FuzzReport[]): FuzzReport =>
  reports.reduce((sum, report) => {
    const statuses = new Set([...Object.keys(sum.answered), ...Object.keys(report.answered)]);
    const answered = [...statuses].map((status) => [
      status,
      (sum.answered[status] ?? 0) + (report.answered[status] ?? 0),
    ]);
    return {
      messages: sum.messages + report.messages,
      answered: Object.fromEntries(answered) as Record<string, number>,
      closed: sum.closed + report.closed,
      hung: sum.hung + report.hung,
      failed: sum.failed + report.failed,
      unmeasured: sum.unmeasured + report.unmeasured,
      unserved: sum.unserved + report.unserved,
      unhandledRejections: sum.unhandledRejections + report.unhandledRejections,
    };
  });

const withoutDelays = (scenario: Scenario): Scenario => ({
  ...scenario,
  timing: { responseCreatedMs: 0, firstAudioMs: 0, toolCallMs: 0 },
  text: { ...scenario.text, firstTokenMs: 0, betweenTokensMs: 0, reasoning: 'Hm. 想一想。' },
});

type Fuzz = (messages: number, seed: number) => Promise<FuzzReport>;

/** The ways in which clients speak to OpenAI Realtime. */
const realtime: Readonly<Record<string, (provider: VoiceProvider) => Fuzz>> = {
  'openai-realtime': (provider) => fuzzEvents(provider, gaEvents, {}),
  'openai-realtime-beta': (provider) => fuzzEvents(provider, betaEvents, { 'openai-beta': 'realtime=v1' }),
  'openai-realtime-keys': (provider) => (messages, seed) =>
    fuzzHttp({ provider, samples: keyRequests, messages, seed, clock: systemClock }),
  'openai-realtime-calls': (provider) => (messages, seed) =>
    fuzzCalls({ provider, messages, seed, clock: systemClock }),
  'openai-realtime-channel': (provider) => (messages, seed) =>
    fuzzChannel({ provider, samples: gaEvents, messages, seed, clock: systemClock }),
};

function fuzzEvents(
  provider: VoiceProvider,
  samples: readonly unknown[],
  further: Readonly<Record<string, string>>,
): Fuzz {
  const headers = { authorization: 'Bearer sk-test', ...further };
  const connect = (): WebSocket => new WebSocket(provider.url, { headers });
  return (messages, seed) =>
    fuzzWebSocket({ provider, connect, samples, messages, seed, clock: systemClock });
}

const written: readonly ProviderProtocol[] = [
  ...(Object.keys(httpSamples) as ProviderProtocol[]),
  ...(Object.keys(fuzzCredentials) as ProviderProtocol[]),
  'spark',
];
const protocolOf = (part: string): ProviderProtocol =>
  part in realtime ? 'openai-realtime' : (part as ProviderProtocol);

/** How spoiled messages are sent to the mock of a part. */
function fuzzerOf(part: string, provider: VoiceProvider): Fuzz {
  const ofRealtime = realtime[part]?.(provider);
  if (ofRealtime !== undefined) return ofRealtime;
  const protocol = protocolOf(part);
  if (protocol === 'spark')
    return (messages, seed) => fuzzSpark({ provider, messages, seed, clock: systemClock });
  const samples = isSigned(protocol) ? signedSamples(protocol, provider) : httpSamples[protocol];
  if (samples === undefined) throw new Error(`There are no samples of ${protocol}.`);
  return (messages, seed) => fuzzHttp({ provider, samples, messages, seed, clock: systemClock });
}

async function fuzzMock(
  part: string,
  { root, messages }: FuzzJobOptions,
  signal: AbortSignal,
): Promise<FuzzPart> {
  const collect = collector();
  const protocol = protocolOf(part);
  const provider = await openMock(protocol, {
    scenario: withoutDelays(loadScenario(join(root, 'fixtures/scenarios/voice-assistant.yaml'))),
    corpus: loadCorpus(join(root, 'fixtures')),
    clock: systemClock,
    dialect: 'auto',
    ...(isSigned(protocol) && { credentials: fuzzCredentials[protocol] }),
  });
  try {
    const fuzz = fuzzerOf(part, provider);
    const slices = Math.max(2, Math.ceil(messages / SLICE));
    const half = Math.floor(slices / 2);
    const reports: FuzzReport[] = [];
    let atHalf = { usedBytes: 0, loggedBytes: 0 };
    for (let slice = 0; slice < slices; slice++) {
      signal.throwIfAborted();
      if (slice === half) {
        collect();
        atHalf = { usedBytes: process.memoryUsage().heapUsed, loggedBytes: sizeOf(provider.events) };
      }
      const seed = derivedSeed(SEED, `${part} ${slice}`);
      const count = Math.ceil(messages / slices);
      reports.push(await fuzz(count, seed));
    }
    collect();
    const grownBytes = process.memoryUsage().heapUsed - atHalf.usedBytes;
    const loggedBytes = sizeOf(provider.events) - atHalf.loggedBytes;
    const ofSecondHalf = (slices - half) * Math.ceil(messages / slices);
    return {
      report: together(reports),
      heapGrowthBytesPerMessage: (grownBytes - loggedBytes) / ofSecondHalf,
    };
  } finally {
    await provider.close();
  }
}

/** WAVs as far as the reader of files is concerned: whole ones that are misread and damaged ones that are not refused. */
function fuzzWavs({ inputs, seed }: { readonly inputs: number; readonly seed: number }): FileFuzzReport {
  const half = Math.ceil(inputs / 2);
  const { whole, damaged } = fuzzWav({ files: half, seed });
  const failed = [whole, damaged].flatMap((hex) => (hex === undefined ? [] : `the file ${hex}`));
  return { inputs: 2 * half, read: half, refused: {}, failed };
}

/** Readers of files, each with spoiled ones. */
const readers: Readonly<
  Record<
    string,
    (options: { readonly root: string; readonly inputs: number; readonly seed: number }) => FileFuzzReport
  >
> = { wav: fuzzWavs, yaml: fuzzYaml, 'run-folders': fuzzRuns };

/** In slices, between which the job may be ended. */
async function fuzzReader(
  part: string,
  { root, files }: FuzzJobOptions,
  signal: AbortSignal,
): Promise<readonly FileFuzzReport[]> {
  const reports: FileFuzzReport[] = [];
  for (let slice = 0; slice * SLICE < files; slice++) {
    signal.throwIfAborted();
    const inputs = Math.min(SLICE, files - slice * SLICE);
    const report = readers[part]?.({ root, inputs, seed: derivedSeed(SEED, `${part} ${slice}`) });
    if (report !== undefined) reports.push(report);
    // Whoever ends it is heard in between.
    await new Promise((resolve) => void systemClock.after(0, () => resolve(undefined)));
  }
  return reports;
}

function targetOfReader(part: string, reports: readonly FileFuzzReport[]): Target {
  const failed = reports.flatMap((report) => report.failed);
  const inputs = reports.reduce((sum, report) => sum + report.inputs, 0);
  return {
    name: `${part}: files neither read nor refused in words${failed.length === 0 ? '' : ` (${failed[0]})`}`,
    value: failed.length,
    unit: `of ${inputs} files`,
    bound: '= 0',
    ok: failed.length === 0,
  };
}

/** Spoiled messages to every mock, a part for each and for each way of OpenAI Realtime, and spoiled files to every reader. */
export function fuzzJob(options: FuzzJobOptions): LongJob {
  const { root, messages, files } = options;
  const folders = ['provider', 'config', 'run', 'audio', 'proving-ground/fuzz'].map(
    (folder) => `dist/harness/${folder}`,
  );
  const sources = sourcesKey(root, folders, (path) => path.endsWith('.js'));
  return {
    name: 'fuzz',
    title: `fuzz: ${messages} spoiled messages to each mock, ${files} spoiled files to each reader`,
    key: JSON.stringify({ messages, files, sources }),
    parts: [...Object.keys(readers), ...written, ...Object.keys(realtime)],
    run: (part, signal) =>
      part in readers ? fuzzReader(part, options, signal) : fuzzMock(part, options, signal),
    finish: (parts) => ({
      targets: [...parts].flatMap(([protocol, part]): readonly Target[] => {
        if (protocol in readers) return [targetOfReader(protocol, part as readonly FileFuzzReport[])];
        const { report, heapGrowthBytesPerMessage: grown } = part as FuzzPart;
        const zero = (['hung', 'failed', 'unmeasured', 'unserved', 'unhandledRejections'] as const).map(
          (name) => ({
            name: `${protocol} ${name}`,
            value: report[name],
            unit: 'messages',
            bound: '= 0',
            ok: report[name] === 0,
          }),
        );
        const flat = {
          name: `${protocol} heap growth of ${report.messages} messages, log left out`,
          value: grown,
          unit: 'bytes/message',
          bound: `<= ${FLAT_BYTES_PER_MESSAGE}`,
          ok: grown <= FLAT_BYTES_PER_MESSAGE,
        };
        return [...zero, flat];
      }),
    }),
  };
}
