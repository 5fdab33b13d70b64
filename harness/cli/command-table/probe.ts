import type { Argv } from 'yargs';
import { givenOnce, UsageError, wholeNumber } from './argument-checks';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `probe`: providers without a board. */
export const addProbe = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
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
        .example('$0 probe --provider live:deepseek --turns 50 --out probe.html', 'a real one, with a plot'),
    async ({ prompt, json: asJson, ...args }) => {
      const { probeCommand } = await import('../commands/probe.js');
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
  );
