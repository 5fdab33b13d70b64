import { join } from 'node:path';
import { loadScenario, packageRoot, parseDuration, readEnvironment } from '../../config';
import { ConfigError } from '../../errors';
import { readCredentials } from '../credential-options';
import { checkScenario, loadCorpus } from '../../corpus';
import { certificateIn } from '../../bench';
import { assertLocked, isLoopback, openMock, startSntpServer, type MockProvider } from '../../provider';
import {
  systemClock,
  type ProviderEvent,
  type ProviderFault,
  type ProviderProtocol,
  type RealtimeDialect,
} from '../../ports';
import { createRedactor } from '../../run';
import { askedToEnd } from '../child-signals';
import { exitCodes } from '../exit-codes';

export interface ProviderArguments {
  readonly scenario: string | undefined;
  readonly corpus: string | undefined;
  readonly protocol: ProviderProtocol;
  /** Of OpenAI Realtime; undefined: `ga`. */
  readonly dialect: RealtimeDialect | undefined;
  readonly host: string;
  readonly port: number;
  /** Undefined: any key is let in, or what the mock of the protocol lets in by itself. */
  readonly apiKey: string | undefined;
  /** Name and environment variable of each, as in `apiSecret=SPARK_API_SECRET`. */
  readonly credentials: readonly string[];
  readonly tls: boolean;
  /** Undefined: a free one. */
  readonly tlsPort: number | undefined;
  /** Folder of `earshot certs`. */
  readonly certs: string | undefined;
  readonly faults: readonly ProviderFault[];
  /** Cassette of a proxy to answer from. Undefined: the scenario's answers. */
  readonly replay: string | undefined;
  /** Undefined: nobody is told the time. */
  readonly ntpPort: number | undefined;
  /** Duration, may be negative. */
  readonly ntpSkew: string;
  readonly json: boolean;
}

/** Packets and chunks are too many to be read by a person. */
const quietTypes: ReadonlySet<ProviderEvent['type']> = new Set(['audio-out']);

/** Serves the mock provider until it is asked to end, showing what it hears and does. */
export async function providerCommand(args: ProviderArguments): Promise<number> {
  const { host, protocol } = args;
  const credentials = credentialsOf(args);
  assertLocked('mock provider', protocol, host, credentials);
  const ntpSkewMs = parseDuration(args.ntpSkew);
  if (ntpSkewMs === undefined) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `--ntp-skew takes a duration such as 10min or -1h, not "${args.ntpSkew}".`,
    );
  }
  const root = packageRoot();
  const corpus = loadCorpus(args.corpus ?? join(root, 'fixtures'));
  const scenario = loadScenario(args.scenario ?? join(root, 'fixtures/scenarios/voice-assistant.yaml'));
  checkScenario(scenario, corpus);
  const provider = await openMock(protocol, {
    corpus,
    scenario,
    clock: systemClock,
    host,
    port: args.port,
    tls: args.certs === undefined ? args.tls : certificateIn(args.certs),
    ...(args.dialect === undefined ? {} : { dialect: args.dialect }),
    ...(args.tlsPort === undefined ? {} : { tlsPort: args.tlsPort }),
    faults: args.faults,
    ...(credentials === undefined ? {} : { credentials }),
    ...(args.replay === undefined ? {} : { replayPath: args.replay }),
  });
  const ntp =
    args.ntpPort === undefined
      ? undefined
      : await startSntpServer({ host, port: args.ntpPort, script: [{ skewMs: ntpSkewMs }] });
  const startedAtMs = systemClock.nowMs();
  // Default keys are no secret; those of the caller are, and boards show them in what they send.
  const redactor = createRedactor([...readEnvironment().secrets, ...Object.values(credentials ?? {})]);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (args.json) {
    const { url, tlsUrl } = provider;
    print(JSON.stringify({ schema: 'earshot/provider@1', protocol, url, tlsUrl, ntp: ntp?.address }));
  } else {
    print(`serving ${args.replay ?? scenario.name} (${protocol}) at ${provider.url}`);
    if (provider.tlsUrl !== undefined) print(`with TLS at ${provider.tlsUrl}`);
    if (ntp !== undefined) print(`and the time, ${ntpSkewMs / 1000} s off, at udp://${ntp.address}`);
    if (!isLoopback(host)) print(`Everybody in the network can reach ${host}.`);
    print(`${whoIsLetIn(credentials, provider)} Ctrl-C ends it.`);
  }
  provider.onEvent((event) => {
    const shown = redactor.value(event);
    if (args.json) print(JSON.stringify(shown));
    else if (!quietTypes.has(event.type)) print(describeEvent(shown, startedAtMs));
  });
  await askedToEnd({ child: false });
  await ntp?.close();
  await provider.close();
  return exitCodes.passed;
}

function credentialsOf({
  apiKey,
  credentials,
}: ProviderArguments): Readonly<Record<string, string>> | undefined {
  const all = { ...(apiKey === undefined ? {} : { apiKey }), ...readCredentials(credentials) };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** Default credentials are no secret: everybody can read them here. Those of the caller are. */
function whoIsLetIn(given: Readonly<Record<string, string>> | undefined, provider: MockProvider): string {
  if (given !== undefined) return `Only who shows ${Object.keys(given).join(', ')} is let in.`;
  const { credentials } = provider;
  if (credentials === undefined || Object.keys(credentials).length === 0) return 'Any API key is let in.';
  const shown = Object.entries(credentials).map(([name, value]) => `${name} ${value}`);
  return `Let in is who shows ${shown.join(', ')}.`;
}

function describeEvent(event: ProviderEvent, startedAtMs: number): string {
  const { type, hostAtMs, sessionId, ...rest } = event;
  const details = Object.entries(rest)
    .filter(([key]) => key !== 'seq')
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return `${((hostAtMs - startedAtMs) / 1000).toFixed(3).padStart(9)} s  ${(sessionId ?? '').slice(0, 12).padEnd(12)}  ${type}  ${details}`;
}
