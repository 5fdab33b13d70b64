import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadScenario } from '../../config';
import { loadCorpus } from '../../corpus';
import {
  systemClock,
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
import { fuzzHttp } from './fuzz-http';
import type { FuzzReport } from './fuzz-report';
import { fuzzSpark } from './fuzz-spark';
import { httpSamples } from './samples';
import { fuzzCredentials, isSigned, signedSamples } from './signed-samples';

export interface FuzzJobOptions {
  /** Of the repository: holds `dist` and `fixtures`. */
  readonly root: string;
  /** For each mock. */
  readonly messages: number;
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

const sizeOf = (events: readonly ProviderEvent[]): number =>
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
  text: { ...scenario.text, firstTokenMs: 0, betweenTokensMs: 0, reasoning: 'Hm. 想一想。' },
});

/** Protocols whose messages are spoiled: all but `openai-realtime`. */
const fuzzed: readonly ProviderProtocol[] = [
  ...(Object.keys(httpSamples) as ProviderProtocol[]),
  ...(Object.keys(fuzzCredentials) as ProviderProtocol[]),
  'spark',
];

/** How spoiled messages are sent to the mock of a protocol. */
function fuzzerOf(
  protocol: ProviderProtocol,
  provider: VoiceProvider,
): (messages: number, seed: number) => Promise<FuzzReport> {
  if (protocol === 'spark')
    return (messages, seed) => fuzzSpark({ provider, messages, seed, clock: systemClock });
  const samples = isSigned(protocol) ? signedSamples(protocol, provider) : httpSamples[protocol];
  if (samples === undefined) throw new Error(`There are no samples of ${protocol}.`);
  return (messages, seed) => fuzzHttp({ provider, samples, messages, seed, clock: systemClock });
}

async function fuzzMock(
  protocol: ProviderProtocol,
  { root, messages }: FuzzJobOptions,
  signal: AbortSignal,
): Promise<FuzzPart> {
  const collect = collector();
  const provider = await openMock(protocol, {
    scenario: withoutDelays(loadScenario(join(root, 'fixtures/scenarios/voice-assistant.yaml'))),
    corpus: loadCorpus(join(root, 'fixtures')),
    clock: systemClock,
    ...(isSigned(protocol) && { credentials: fuzzCredentials[protocol] }),
  });
  try {
    const fuzz = fuzzerOf(protocol, provider);
    const slices = Math.max(2, Math.ceil(messages / SLICE));
    const half = Math.floor(slices / 2);
    const reports: FuzzReport[] = [];
    let heap = { usedBytes: 0, events: 0 };
    for (let slice = 0; slice < slices; slice++) {
      signal.throwIfAborted();
      if (slice === half) {
        collect();
        heap = { usedBytes: process.memoryUsage().heapUsed, events: provider.events.length };
      }
      const seed = derivedSeed(SEED, `${protocol} ${slice}`);
      const count = Math.ceil(messages / slices);
      reports.push(await fuzz(count, seed));
    }
    collect();
    const grownBytes = process.memoryUsage().heapUsed - heap.usedBytes;
    const loggedBytes = sizeOf(provider.events.slice(heap.events));
    const ofSecondHalf = (slices - half) * Math.ceil(messages / slices);
    return {
      report: together(reports),
      heapGrowthBytesPerMessage: (grownBytes - loggedBytes) / ofSecondHalf,
    };
  } finally {
    await provider.close();
  }
}

/** Spoiled messages to every mock but that of `openai-realtime`: a part for each. */
export function fuzzJob(options: FuzzJobOptions): LongJob {
  const { root, messages } = options;
  const folders = ['provider', 'proving-ground/fuzz'].map((folder) => `dist/harness/${folder}`);
  const sources = sourcesKey(root, folders, (path) => path.endsWith('.js'));
  return {
    name: 'fuzz',
    title: `fuzz: ${messages} spoiled messages to each mock`,
    key: JSON.stringify({ messages, sources }),
    parts: fuzzed,
    run: (part, signal) => fuzzMock(part as ProviderProtocol, options, signal),
    finish: (parts) => ({
      targets: [...parts].flatMap(([protocol, part]): readonly Target[] => {
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
