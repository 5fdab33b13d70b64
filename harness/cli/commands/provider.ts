import { join } from 'node:path';
import { loadScenario, packageRoot } from '../../config';
import { ConfigError } from '../../errors';
import { checkScenario, loadCorpus } from '../../corpus';
import { createMockProvider } from '../../provider';
import { systemClock, type ProviderEvent } from '../../ports';
import { askedToEnd } from '../child-signals';
import { exitCodes } from '../exit-codes';

export interface ProviderArguments {
  readonly scenario: string | undefined;
  readonly corpus: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Undefined: any key is let in. */
  readonly apiKey: string | undefined;
  readonly tls: boolean;
  readonly json: boolean;
}

/** Packets and chunks are too many to be read by a person. */
const quietTypes: ReadonlySet<ProviderEvent['type']> = new Set(['audio-out']);

/** Serves the mock provider until it is asked to end, showing what it hears and does. */
export async function providerCommand(args: ProviderArguments): Promise<number> {
  const { host, apiKey } = args;
  if (apiKey === undefined && !/^(127\.|::1$|localhost$)/.test(host)) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `Listening on ${host} lets others in; give them a key with --api-key.`,
      { host },
    );
  }
  const root = packageRoot();
  const corpus = loadCorpus(args.corpus ?? join(root, 'fixtures'));
  const scenario = loadScenario(args.scenario ?? join(root, 'fixtures/scenarios/voice-assistant.yaml'));
  checkScenario(scenario, corpus);
  const provider = await createMockProvider({
    corpus,
    scenario,
    clock: systemClock,
    host,
    port: args.port,
    tls: args.tls,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const startedAtMs = systemClock.nowMs();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (args.json) {
    print(JSON.stringify({ schema: 'earshot/provider@1', url: provider.url, tlsUrl: provider.tlsUrl }));
  } else {
    print(`serving ${scenario.name} at ${provider.url}`);
    if (provider.tlsUrl !== undefined) print(`with TLS at ${provider.tlsUrl}`);
    print(`${apiKey === undefined ? 'Any API key is let in' : 'One API key is let in'}. Ctrl-C ends it.`);
  }
  provider.onEvent((event) => {
    if (args.json) print(JSON.stringify(event));
    else if (!quietTypes.has(event.type)) print(describeEvent(event, startedAtMs));
  });
  await askedToEnd({ child: false });
  await provider.close();
  return exitCodes.passed;
}

function describeEvent(event: ProviderEvent, startedAtMs: number): string {
  const { type, hostAtMs, sessionId, ...rest } = event;
  const details = Object.entries(rest)
    .filter(([key]) => key !== 'seq')
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return `${((hostAtMs - startedAtMs) / 1000).toFixed(3).padStart(9)} s  ${(sessionId ?? '').slice(0, 12).padEnd(12)}  ${type}  ${details}`;
}
