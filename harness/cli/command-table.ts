import type { Argv } from 'yargs';
import { providerFaults, providerProtocols, writtenProtocols, type ProviderProtocol } from '../ports';

type TakeExitCode = (code: number) => void;

/** What is wrong with the arguments. */
export class UsageError extends Error {}

/** A check that refuses `--bench a --bench b`, which yargs makes a list of, and `--bench ''`. */
const givenOnce =
  (names: readonly string[]) =>
  (values: Readonly<Record<string, unknown>>): true => {
    for (const name of names) {
      if (Array.isArray(values[name])) throw new UsageError(`--${name} is given more than once.`);
      if (values[name] === '') throw new UsageError(`--${name} needs a value.`);
    }
    return true;
  };

/** A check that refuses a number that is none of the whole ones from `least` to `most`; absent ones pass. */
const wholeNumber =
  (name: string, least: number, most: number) =>
  (values: Readonly<Record<string, unknown>>): true => {
    const value = values[name];
    if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) {
      return true;
    }
    throw new UsageError(`--${name} takes a whole number from ${least} to ${most}.`);
  };

/** Names of faults that `--fault` takes; a test holds them against the bench's own table. */
export const faultChoices = [
  'dead-mic',
  'dead-speaker',
  'lost-call',
  'double-call',
  'wrong-argument',
  'panic-mid-reply',
  'no-boot',
  'cut-reply',
  'stutter',
  'wrong-rate',
  'echo-leak',
  'no-barge-in',
  'wrong-project',
  'garbled-answer',
  'lost-answer',
  'no-sntp',
  'no-wifi',
  'provider-killed',
  'port-unplugged',
] as const;

export interface ProviderChoice {
  readonly kind: 'mock' | 'proxy';
  readonly protocol: ProviderProtocol;
}

/**
 * Reads `mock:spark`, `proxy:deepseek`, or `mock` alone, which is the one that hears.
 * @throws UsageError naming what there is.
 */
function readProviderChoice(written: string): ProviderChoice {
  const [kind = '', name, ...rest] = written.split(':');
  const protocol = providerProtocols.find((one) => one === (name ?? 'openai-realtime'));
  if (rest.length === 0 && kind === 'mock' && protocol !== undefined) return { kind, protocol };
  const canProxy = writtenProtocols.some((one) => one === name);
  if (rest.length === 0 && kind === 'proxy' && protocol !== undefined && canProxy) return { kind, protocol };
  throw new UsageError(
    `--provider takes mock:NAME (${providerProtocols.join(', ')}) or proxy:NAME (${writtenProtocols.join(', ')}), not "${written}".`,
  );
}

/** Turns of the latency suite unless told otherwise: with the other suites a run has 24 turns and more. */
const DEFAULT_TURNS = 12;

const reports = {
  type: 'string',
  default: 'reports',
  describe: 'Folder that runs are written to',
} as const;
const json = { type: 'boolean', default: false, describe: 'Print one JSON object instead of text' } as const;

/** Adds every command, the hidden ones of child processes included. */
export function addCommands(parser: Argv, exit: TakeExitCode): Argv {
  return addChildCommands(
    addPromptCommands(addStandaloneCommands(addRunCommands(parser, exit), exit), exit),
    exit,
  );
}

const addRunCommands = (parser: Argv, exit: TakeExitCode): Argv =>
  parser
    .command(
      'run',
      'Run suites on a board, judge it and report',
      (command) =>
        command
          .option('bench', {
            type: 'string',
            describe: 'Bench file (default: the virtual bench that comes along)',
          })
          .option('board', { type: 'string', describe: 'Board of the bench to test (default: the first)' })
          .option('suite', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'Suites by name, file or folder (default: all that come along)',
          })
          .option('grep', {
            type: 'string',
            describe: 'Only tests whose name matches this regular expression',
          })
          .option('turns', { type: 'number', default: DEFAULT_TURNS, describe: 'Turns of the latency suite' })
          .option('provider', {
            type: 'string',
            describe:
              'Provider that the board talks to: mock:NAME or proxy:NAME (default: what the bench names)',
          })
          .option('budget', {
            type: 'string',
            describe: 'Budgets file (default: the one that the bench names)',
          })
          .option('fault', {
            array: true,
            choices: faultChoices,
            default: [] as (typeof faultChoices)[number][],
            describe: 'Switch on a fault of a virtual part',
          })
          .option('reports', reports)
          .option('json', json)
          .check(givenOnce(['bench', 'board', 'grep', 'turns', 'provider', 'budget', 'reports']))
          .check(({ grep }) => {
            try {
              new RegExp(grep ?? '');
              return true;
            } catch (cause) {
              throw new UsageError(`--grep takes a regular expression: ${(cause as Error).message}.`);
            }
          })
          .check(({ provider }) => {
            if (provider !== undefined) readProviderChoice(provider);
            return true;
          })
          .check(({ turns }) => {
            if (Number.isInteger(turns) && turns >= 1 && turns <= 100_000) return true;
            throw new UsageError('--turns takes a whole number from 1 to 100000.');
          })
          .example('$0 run', 'the virtual bench, all suites')
          .example('$0 run --bench bench.yaml --suite boot my.hil.ts', 'chosen suites on your bench')
          .example('$0 run --fault dead-mic', 'see how a broken microphone is reported'),
      async ({
        bench,
        board,
        suite,
        grep,
        turns,
        provider,
        budget,
        fault,
        reports: folder,
        json: asJson,
      }) => {
        const { defaultBench, runCommand } = await import('./commands/run.js');
        exit(
          await runCommand({
            bench: bench ?? defaultBench(),
            board,
            suite,
            grep,
            turns,
            provider: provider === undefined ? undefined : readProviderChoice(provider),
            budget,
            fault,
            reports: folder,
            json: asJson,
          }),
        );
      },
    )
    .command(
      'report [run]',
      'Render a stored run again, or finish one that was killed',
      (command) =>
        command
          .positional('run', { type: 'string', describe: 'Run folder (default: the latest below --reports)' })
          .option('reports', reports)
          .option('json', json),
      async ({ run, reports: folder, json: asJson }) => {
        const { reportCommand } = await import('./commands/report.js');
        exit(reportCommand({ run, reports: folder, json: asJson }));
      },
    )
    .command(
      'devices',
      'List serial ports',
      (command) => command.option('json', json),
      async ({ json: asJson }) => {
        const { devicesCommand } = await import('./commands/devices.js');
        exit(await devicesCommand({ json: asJson }));
      },
    );

const addStandaloneCommands = (parser: Argv, exit: TakeExitCode): Argv =>
  parser
    .command(
      'provider',
      'Serve the mock provider for a board or a client of yours',
      (command) =>
        command
          .option('protocol', {
            choices: providerProtocols,
            default: 'openai-realtime' as const,
            describe: 'Wire protocol',
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
            describe: 'Listen with TLS as well, on the next free port',
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
              'scenario',
              'corpus',
              'port',
              'host',
              'api-key',
              'certs',
              'replay',
              'ntp-port',
              'ntp-skew',
            ]),
          ),
      async ({ ntpSkew, credential, fault, json: asJson, ...args }) => {
        const { providerCommand } = await import('./commands/provider.js');
        const { protocol, scenario, corpus, host, port, apiKey, tls, certs, replay, ntpPort } = args;
        exit(
          await providerCommand({
            protocol,
            scenario,
            corpus,
            host,
            port,
            apiKey,
            credentials: credential,
            tls,
            certs,
            faults: fault,
            replay,
            ntpPort,
            ntpSkew,
            json: asJson,
          }),
        );
      },
    )
    .command(
      'probe',
      'Ask providers without a board and compare how fast they answer',
      (command) =>
        command
          .option('provider', {
            type: 'string',
            demandOption: true,
            describe: 'Who is asked: mock:NAME or live:NAME[/MODEL], separated by commas',
          })
          .option('turns', { type: 'number', default: 20, describe: 'Questions to each' })
          .option('concurrency', {
            type: 'number',
            default: 1,
            describe: 'Questions that one provider has open at a time',
          })
          .option('prompt', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'Prompts of the corpus to ask with (default: one of each utterance)',
          })
          .option('text', { type: 'string', describe: 'Ask this in writing' })
          .option('stream', { type: 'boolean', default: true, describe: 'Ask for a streamed answer' })
          .option('retries', {
            type: 'number',
            default: 0,
            describe: 'How often to ask again after a failure that may pass',
          })
          .option('max-turns', {
            type: 'number',
            describe: 'Ask no more than this in all (default: 200 once a live provider is asked)',
          })
          .option('max-seconds', {
            type: 'number',
            describe: 'Ask nothing more once answers took this long in all (default: 600, as above)',
          })
          .option('scenario', {
            type: 'string',
            describe: 'Scenario of the mocks (default: the voice assistant)',
          })
          .option('ca', {
            type: 'string',
            describe: 'PEM file of the only CA to trust, such as that of earshot certs',
          })
          .option('out', { type: 'string', describe: 'Write a page with plots to this file' })
          .option('compare', {
            type: 'string',
            describe: "Run folder of a board: says what the board adds to the provider's time",
          })
          .option('json', json)
          .check(
            givenOnce([
              'provider',
              'turns',
              'concurrency',
              'text',
              'retries',
              'max-turns',
              'max-seconds',
              'scenario',
              'ca',
              'out',
              'compare',
            ]),
          )
          .check(wholeNumber('turns', 1, 100_000))
          .check(wholeNumber('concurrency', 1, 64))
          .check(wholeNumber('retries', 0, 10))
          .check(wholeNumber('max-turns', 1, 1_000_000))
          .check(wholeNumber('max-seconds', 1, 1_000_000))
          .check(({ text, prompt }) => {
            if (text === undefined || prompt.length === 0) return true;
            throw new UsageError('--text and --prompt exclude each other.');
          })
          .example('$0 probe --provider mock:siliconflow,mock:spark', 'two mocks side by side')
          .example(
            '$0 probe --provider live:deepseek --turns 50 --out probe.html',
            'a real one, with a plot',
          ),
      async ({ prompt, json: asJson, ...args }) => {
        const { probeCommand } = await import('./commands/probe.js');
        const { provider, turns, concurrency, text, stream, retries, maxTurns, maxSeconds } = args;
        const { scenario, ca, out, compare } = args;
        exit(
          await probeCommand({
            provider,
            turns,
            concurrency,
            prompts: prompt,
            text,
            stream,
            retries,
            maxTurns,
            maxSeconds,
            scenario,
            ca,
            out,
            compare,
            json: asJson,
          }),
        );
      },
    )
    .command(
      'certs',
      'Make a certificate authority for the bench, and a server certificate that firmware can trust by it',
      (command) =>
        command
          .option('host', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'Name or address by which boards call the bench; more than one is possible',
          })
          .option('out', { type: 'string', default: 'certs', describe: 'Folder that the files go to' })
          .option('days', {
            type: 'number',
            default: 365,
            describe: 'How long the server certificate is valid',
          })
          .option('new-ca', {
            type: 'boolean',
            default: false,
            describe:
              'Make a new authority although there is one; firmware that trusts the old one has to be built again',
          })
          .option('json', json)
          .check(givenOnce(['out', 'days']))
          .check(({ days }) => {
            if (Number.isInteger(days) && days >= 1 && days <= 3650) return true;
            throw new UsageError('--days takes a whole number from 1 to 3650.');
          })
          .check(({ host }) => {
            const wrong = host.find((name) => !/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/i.test(name));
            if (wrong === undefined) return true;
            throw new UsageError(`--host takes a name or an address, not "${wrong}".`);
          })
          .example('$0 certs --host bench.local --host 192.168.7.2', 'for boards in this network'),
      async ({ host, out, days, newCa, json: asJson }) => {
        const { certsCommand } = await import('./commands/certs.js');
        exit(await certsCommand({ hosts: host, folder: out, days, newCa, json: asJson }));
      },
    )
    .command(
      'virtual-board',
      'Start a simulated ESP32-S3 voice board',
      (command) =>
        command
          .option('dialect', { type: 'string', default: 'realtime-ws', describe: 'Firmware to simulate' })
          .option('provider-url', {
            type: 'string',
            default: 'ws://127.0.0.1:8080/v1/realtime?model=gpt-realtime',
            describe: 'Where the firmware connects to',
          })
          .option('crystal-ppm', { type: 'number', default: 0, describe: "Error of the board's crystal" })
          .option('model', { type: 'string', default: 'ESP32-S3 virtual', describe: 'Board model' })
          .option('provider-model', { type: 'string', describe: "The provider's model to ask for" })
          .option('credential', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'NAME=VARIABLE: what the firmware shows to the provider',
          })
          .option('question', { type: 'string', describe: 'What a firmware asks that has it compiled in' })
          .option('ntp-server', { type: 'string', describe: 'HOST:PORT that the firmware asks for the time' })
          .option('tls-ca', { type: 'string', describe: 'PEM file of what a text board trusts over TLS' })
          .option('fault', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'Fault that is on from the start (docs/virtual-board.md)',
          })
          .option('child', { type: 'boolean', default: false, hidden: true })
          .option('access-by-ipc', { type: 'boolean', default: false, hidden: true })
          .option('json', json),
      async ({ fault, credential, json: asJson, ...args }) => {
        const { virtualBoardCommand } = await import('./commands/virtual-board.js');
        exit(
          await virtualBoardCommand({
            dialect: args.dialect,
            providerUrl: args.providerUrl,
            crystalPpm: args.crystalPpm,
            model: args.model,
            providerModel: args.providerModel,
            credentials: credential,
            question: args.question,
            ntpServer: args.ntpServer,
            tlsCa: args.tlsCa,
            faults: fault,
            accessByIpc: args.accessByIpc,
            child: args.child,
            json: asJson,
          }),
        );
      },
    );

const addPromptCommands = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command('prompts', 'Annotate, check and list the clips of a corpus', (prompts) =>
    prompts
      .command(
        'annotate <wav..>',
        'Find where speech begins and ends, write it into the manifest and draw a plot of it',
        (command) =>
          command
            .positional('wav', {
              type: 'string',
              array: true,
              demandOption: true,
              describe: 'Mono WAVs beside their prompts.yaml or replies.yaml',
            })
            .option('id', { type: 'string', describe: "Name of a new clip (default: the file's)" })
            .option('utterance', {
              type: 'string',
              describe: 'What is said, whoever says it (default: the id without its voice)',
            })
            .option('language', { type: 'string', describe: 'en, zh, … (default: how the id begins)' })
            .option('voice', { type: 'string', describe: 'Who speaks (default: recorded)' })
            .option('transcript', { type: 'string', describe: 'The words; a new clip needs them' })
            .option('licence', {
              type: 'string',
              default: 'LicenseRef-Proprietary',
              describe: 'SPDX identifier, for a manifest that does not exist yet',
            })
            .option('replies', {
              type: 'boolean',
              default: false,
              describe: 'These are replies (default: what their folder holds)',
            })
            .option('force', {
              type: 'boolean',
              default: false,
              describe: 'Write over annotations that differ',
            })
            .option('reports', { ...reports, describe: 'Plots are written below this folder' })
            .option('json', json)
            .check(givenOnce(['id', 'utterance', 'language', 'voice', 'transcript', 'licence', 'reports']))
            .example(
              '$0 prompts annotate prompts/en-blinds-up-a.wav --transcript "Please raise the blinds"',
              'add a prompt',
            ),
        async ({ wav, id, utterance, language, voice, transcript, licence, replies, force, ...rest }) => {
          const { annotateCommand } = await import('./commands/prompts.js');
          exit(
            annotateCommand({
              wavs: wav,
              id,
              utterance,
              language,
              voice,
              transcript,
              licence,
              replies,
              force,
              reports: rest.reports,
              json: rest.json,
            }),
          );
        },
      )
      .command(
        'check [folder]',
        'Annotate every clip again and compare with the manifest; exit code 2 where they differ',
        (command) =>
          command
            .positional('folder', {
              type: 'string',
              describe: 'Corpus, or folder of clips (default: the corpus that comes along)',
            })
            .option('json', json),
        async ({ folder, json: asJson }) => {
          const { checkCommand } = await import('./commands/prompts.js');
          exit(checkCommand({ folder, json: asJson }));
        },
      )
      .command(
        'list [folder]',
        'List clips with their words',
        (command) =>
          command
            .positional('folder', {
              type: 'string',
              describe: 'Corpus, or folder of clips (default: the corpus that comes along)',
            })
            .option('json', json),
        async ({ folder, json: asJson }) => {
          const { listCommand } = await import('./commands/prompts.js');
          exit(listCommand({ folder, json: asJson }));
        },
      )
      .demandCommand(1, 'Name what to do: annotate, check or list.'),
  );

/** Commands that only this program gives itself. */
const addChildCommands = (parser: Argv, exit: TakeExitCode): Argv =>
  parser
    .command('host-child', false, {}, async () => {
      const { hostChildCommand } = await import('./commands/host-child.js');
      exit(await hostChildCommand());
    })
    .command('provider-child', false, {}, async () => {
      const { providerChildCommand } = await import('./commands/provider-child.js');
      exit(await providerChildCommand());
    })
    .command(
      'jest-child [files..]',
      false,
      (command) =>
        command
          .positional('files', { type: 'string', array: true, default: [] as string[] })
          .option('test-name-pattern', { type: 'string' }),
      async ({ files, testNamePattern, _ }) => {
        const { jestChildCommand } = await import('./commands/jest-child.js');
        exit(await jestChildCommand([...files, ..._.slice(1).map(String)], testNamePattern));
      },
    )
    .command('bench-for-jest', false, {}, async () => {
      const { benchForJestCommand } = await import('./commands/bench-for-jest.js');
      exit(await benchForJestCommand());
    });
