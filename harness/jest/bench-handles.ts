import { attachment, attachmentPath, logStep, Status, step, type StepContext } from 'allure-js-commons';
import { join } from 'node:path';
import { ConfigError, fromWireError } from '../errors';
import type { BenchDescription, RestResult, SessionResult, TextTurnResult, TurnResult } from '../host';
import type {
  BootSession,
  ConsoleLine,
  DialectDescription,
  NetworkShape,
  PromptConditions,
  ProviderFault,
} from '../ports';
import { suiteBridge } from './suite-bridge';

/** The board, as a suite holds it. */
export interface BoardHandle {
  readonly name: string;
  readonly model: string;
  readonly dialect: DialectDescription;
  /** Resets the board; resolves once its application runs, with the index of the first console line after the reset. */
  readonly reset: () => Promise<{ readonly firstLine: number }>;
  /** Resets, connects to the provider and lets the greeting end. */
  readonly newSession: () => Promise<SessionResult>;
  /** Types a command; gives back the index of the first console line after it. */
  readonly send: (command: string) => Promise<{ readonly firstLine: number }>;
  /** First console line from `from` on (default: the next one) that matches anywhere in it. */
  readonly expectLine: (
    pattern: RegExp,
    options: { readonly withinMs: number; readonly from?: number },
  ) => Promise<ConsoleLine>;
  /**
   * The board's boots with console lines from `from` on, oldest first: why each began, how far it came, its crashes and what ended it.
   * With `forMs`, 0 to 60 000, as they are after so long.
   */
  readonly boots: (options: {
    readonly from: number;
    readonly forMs?: number;
  }) => Promise<readonly BootSession[]>;
  readonly lines: (from: number) => Promise<readonly ConsoleLine[]>;
  /**
   * Has the firmware print its heap, where it has a command for that, and leaves the board alone for so long, 0 to 3 600 000 ms; a soak
   * that ends earlier ends the rest. Gives back how much of the soak is over. Throws when the board restarts meanwhile.
   */
  readonly rest: (forMs: number) => Promise<RestResult>;
}

/** How a board reaches its provider in one turn. */
interface NetworkOptions {
  /**
   * The link to the mock provider until this turn is over, in place of `provider.network` of the bench file, which has to be
   * there. Durations in milliseconds, shares from 0 to 1. The next turn and the next session have the bench file's again.
   */
  readonly network?: NetworkShape;
}

/** How the board hears the prompts of a turn. */
interface HearingOptions {
  /** Level, noise and room, each over what `earshot run` was told. */
  readonly conditions?: PromptConditions;
  /** A turn to see how far the board goes: it stands in the report, and neither fails the board nor counts in any number. */
  readonly survey?: true;
}

/** A second prompt in a turn. */
interface InterruptionOptions {
  /** The second prompt, named like the first, that is played into the reply: the user barges in. */
  readonly interruptWith: string;
  /** How long after the reply became audible, 0 to 30 000 ms. */
  readonly afterMs: number;
}

/** A crash in a turn. */
interface CrashOptions {
  /**
   * Have the firmware crash so long after its reply became audible, 0 to 30 000 ms, by its own command. The crash ends the turn and is
   * held against nobody. Needs `crash-command`.
   */
  readonly crashAfterMs: number;
}

type Without<Options> = { readonly [Key in keyof Options]?: never };

/** What else happens in a turn. */
export type TurnOptions = NetworkOptions &
  HearingOptions &
  (
    | (InterruptionOptions & Without<CrashOptions>)
    | (CrashOptions & Without<InterruptionOptions>)
    | Without<InterruptionOptions & CrashOptions>
  );

/** What else happens in a turn in writing. */
export interface AskOptions extends NetworkOptions {
  /** What the mock provider does wrong in this turn: the board is judged by what it says of it. */
  readonly fault?: ProviderFault;
}

/** What a test is handed. */
export interface BenchHandles {
  readonly board: BoardHandle;
  readonly bench: BenchDescription;
  /**
   * Plays a prompt on the quiet board and resolves when the turn is over, measured. Prompts are named by clip (`en-light-on-a`)
   * or by utterance (`en-light-on`: its first voice). With `interruptWith` a second prompt is played into the reply, and the
   * turn is over when that one has been answered. Throws when something broke during the turn.
   */
  readonly turn: (prompt: string, options?: TurnOptions) => Promise<TurnResult>;
  /**
   * Types a prompt on the console of a board with the capability `text` and resolves when the answer is printed, measured.
   * Prompts are named as in `turn`. A board that `asks-at-boot` is reset instead, and takes no prompt. Throws when something
   * broke during the turn.
   */
  readonly ask: (prompt?: string, options?: AskOptions) => Promise<TextTurnResult>;
}

/** Clip of an id or an utterance. */
function clipOf(bench: BenchDescription, prompt: string): string {
  const clip =
    bench.prompts.find(({ id }) => id === prompt) ??
    bench.prompts.find(({ utterance }) => utterance === prompt);
  if (clip === undefined) {
    const known = [...new Set(bench.prompts.map(({ utterance }) => utterance))].join(', ');
    throw new ConfigError(
      'HIL_CORPUS_UNKNOWN_CLIP',
      `The corpus has no prompt "${prompt}"; it has ${known}.`,
      { prompt },
    );
  }
  return clip.id;
}

/** Puts what a person wants to hear and read beside a test into its Allure result. */
async function attachEvidence(bench: BenchDescription, turn: TurnResult): Promise<void> {
  const { record, measurement } = turn;
  const title = `${record.turnId} ${record.prompt.id}`;
  if (record.capture !== undefined) {
    await attachmentPath(`${title} capture`, join(bench.runPath, record.capture.path), {
      contentType: 'audio/wav',
      fileExtension: 'wav',
    });
  }
  const { marks, measures, calls, reply } = measurement;
  await attachLogs(title, turn, { marks, measures, calls, reply });
}

/** The same of a turn in writing. */
async function attachWriting(turn: TextTurnResult): Promise<void> {
  const { record, measurement } = turn;
  const { marks, measures, question, answer, sent } = measurement;
  const title = `${record.turnId} ${record.prompt?.id ?? 'own question'}`;
  await attachLogs(title, turn, { marks, measures, question, answer, sent });
}

async function attachLogs(
  title: string,
  { record }: TurnResult | TextTurnResult,
  timeline: object,
): Promise<void> {
  const console = record.consoleLines
    .map(({ hostAtMs, text }) => `${hostAtMs.toFixed(1)}  ${text}`)
    .join('\n');
  await attachment(`${title} console`, console, 'text/plain');
  const crash = record.kind === 'text' ? record.faults[0] : (record.orderedCrash?.crash ?? record.faults[0]);
  if (crash?.code === 'HIL_BOARD_PANIC')
    await attachment(`${title} crash`, JSON.stringify(crash, null, 2), 'application/json');
  await attachment(`${title} timeline`, JSON.stringify(timeline, null, 2), 'application/json');
}

/**
 * What one asks of the bench that takes its time, as a step of the Allure result, which holds what is attached in it. What a suite may
 * well do at the same time (`expectLine`, `send`) is noted at its end: Allure closes steps in the order in which they were opened.
 */
const asStep = async <T>(
  name: string,
  parameters: Readonly<Record<string, string | undefined>>,
  body: (context: StepContext) => Promise<T>,
): Promise<T> =>
  step(name, async (context) => {
    for (const [key, value] of Object.entries(parameters))
      if (value !== undefined) await context.parameter(key, value);
    return body(context);
  });

async function noted<T>(name: string, asked: Promise<T>): Promise<T> {
  try {
    const result = await asked;
    await logStep(name, Status.PASSED);
    return result;
  } catch (fault) {
    await logStep(name, Status.BROKEN, fault instanceof Error ? fault : undefined);
    throw fault;
  }
}

const jsonOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value);

/** Names the step of a turn that is over, so that what is made of the run later finds it. */
async function nameTurn(context: StepContext, { record }: TurnResult | TextTurnResult): Promise<void> {
  await context.displayName(`turn ${record.turnId}: ${record.prompt?.id ?? 'own question'}`);
  await context.parameter('turn', record.turnId);
}

/** What broke in a turn is thrown; the host has recorded it. */
function throwFault({ record }: TurnResult | TextTurnResult): void {
  const [fault] = record.faults;
  if (fault !== undefined) throw Object.assign(fromWireError(fault), { recorded: true });
}

/** The handles of the bench that this sandbox is connected to. */
export function benchHandles(): BenchHandles {
  const bridge = suiteBridge();
  const { bench } = bridge;
  const call: typeof bridge.call = (method, params) => bridge.call(method, params);
  return {
    bench,
    board: {
      name: bench.boardName,
      model: bench.boardModel,
      dialect: bench.dialect,
      reset: () => asStep('reset', {}, () => call('reset', {})),
      newSession: () => asStep('new session', {}, () => call('newSession', {})),
      send: (command) => noted(`send ${command}`, call('send', { command })),
      expectLine: ({ source, flags }, { withinMs, from }) =>
        noted(
          `expect the line /${source}/${flags} within ${withinMs} ms`,
          call('expectLine', { source, flags, withinMs, ...(from === undefined ? {} : { from }) }),
        ),
      boots: ({ from, forMs = 0 }) => call('boots', { from, forMs }),
      lines: (from) => call('lines', { from }),
      rest: (forMs) => call('rest', { forMs }),
    },
    turn: async (prompt, options = {}) => {
      const { network, crashAfterMs, conditions, survey } = options;
      const promptId = clipOf(bench, prompt);
      const interruption =
        options.interruptWith === undefined
          ? undefined
          : { promptId: clipOf(bench, options.interruptWith), afterMs: options.afterMs };
      const parameters = {
        prompt: promptId,
        'interrupt with': interruption?.promptId,
        'interrupt after': interruption === undefined ? undefined : `${interruption.afterMs} ms`,
        'crash after': crashAfterMs === undefined ? undefined : `${crashAfterMs} ms`,
        network: jsonOf(network),
        conditions: jsonOf(conditions),
        survey: jsonOf(survey),
      };
      return asStep('turn', parameters, async (context) => {
        const result = await call('turn', {
          promptId,
          ...(interruption === undefined ? {} : { interruption }),
          ...(crashAfterMs === undefined ? {} : { crashAfterMs }),
          ...(network === undefined ? {} : { network }),
          ...(conditions === undefined ? {} : { conditions }),
          ...(survey === undefined ? {} : { survey }),
        });
        await nameTurn(context, result);
        // A soak of thousands of turns has no room for all of them.
        if (result.letGo !== true) await attachEvidence(bench, result);
        throwFault(result);
        return result;
      });
    },
    ask: async (prompt, { fault, network } = {}) => {
      const promptId = prompt === undefined ? undefined : clipOf(bench, prompt);
      return asStep('turn', { prompt: promptId, fault, network: jsonOf(network) }, async (context) => {
        const result = await call('ask', {
          ...(promptId === undefined ? {} : { promptId }),
          ...(fault === undefined ? {} : { fault }),
          ...(network === undefined ? {} : { network }),
        });
        await nameTurn(context, result);
        if (result.letGo !== true) await attachWriting(result);
        throwFault(result);
        return result;
      });
    },
  };
}
