import type { Argv } from 'yargs';
import { providerFaults, providerProtocols, realtimeDialects } from '../../ports';
import { givenOnce, UsageError, wholeNumber } from './argument-checks';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `provider`: the mock by itself. */
export const addProvider = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'provider',
    'Serve the mock provider for a board or a client of yours',
    (command) =>
      command
        .option('protocol', {
          choices: providerProtocols,
          default: 'openai-realtime' as const,
          describe: 'Wire protocol',
        })
        .option('dialect', {
          choices: realtimeDialects,
          describe:
            'Of openai-realtime: GA, the beta of older firmware, or what each client asks for (default: ga)',
        })
        .option('scenario', { type: 'string', describe: 'Scenario file (default: the voice assistant)' })
        .option('corpus', {
          type: 'string',
          describe: 'Folder with prompts/ and replies/ (default: the one that comes along)',
        })
        .option('port', {
          type: 'number',
          default: 8080,
          describe: 'Port to listen on; 0 takes a free one',
        })
        .option('host', {
          type: 'string',
          default: '127.0.0.1',
          describe: 'Address to listen on; another one than loopback needs --api-key',
        })
        .option('api-key', { type: 'string', describe: 'The only key that is let in (default: any)' })
        .option('tls', {
          type: 'boolean',
          default: false,
          describe: 'Listen with TLS as well, on a free port',
        })
        .option('tls-port', {
          type: 'number',
          describe: 'Port for TLS, for firmware that has it compiled in (default: a free one)',
        })
        .option('certs', { type: 'string', describe: 'Listen with TLS, with what earshot certs made' })
        .option('credential', {
          type: 'string',
          array: true,
          default: [] as string[],
          describe: 'Let in only who shows it: NAME=VARIABLE, the value in that environment variable',
        })
        .option('fault', {
          array: true,
          choices: providerFaults,
          default: [] as (typeof providerFaults)[number][],
          describe: 'What goes wrong all the time (docs/provider-faults.md)',
        })
        .option('replay', {
          type: 'string',
          describe: 'Answer from this cassette of a proxy, at the recorded times (docs/proxy.md)',
        })
        .option('ntp-port', { type: 'number', describe: 'Tell the time as well (SNTP), on this UDP port' })
        .option('ntp-skew', {
          type: 'string',
          default: '0ms',
          describe: 'How far off the time is that is told: 10min, -1h',
        })
        .option('json', { ...json, describe: 'Print every event as a line of JSON' })
        .check(
          givenOnce([
            'protocol',
            'dialect',
            'scenario',
            'corpus',
            'port',
            'host',
            'api-key',
            'tls-port',
            'certs',
            'replay',
            'ntp-port',
            'ntp-skew',
          ]),
        )
        .check(wholeNumber('tls-port', 1, 65_535))
        .check(({ dialect, protocol }) => {
          if (dialect === undefined || protocol === 'openai-realtime') return true;
          throw new UsageError(`--dialect is of openai-realtime; ${protocol} has none.`);
        })
        .check(({ tlsPort, tls, certs }) => {
          if (tlsPort === undefined || tls || certs !== undefined) return true;
          throw new UsageError('--tls-port needs --tls or --certs.');
        }),
    async ({ credential, fault, json: asJson, ...args }) => {
      const { providerCommand } = await import('../commands/provider.js');
      exit(
        await providerCommand({
          protocol: args.protocol,
          dialect: args.dialect,
          scenario: args.scenario,
          corpus: args.corpus,
          host: args.host,
          port: args.port,
          apiKey: args.apiKey,
          credentials: credential,
          tls: args.tls,
          tlsPort: args.tlsPort,
          certs: args.certs,
          faults: fault,
          replay: args.replay,
          ntpPort: args.ntpPort,
          ntpSkew: args.ntpSkew,
          json: asJson,
        }),
      );
    },
  );
