import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { loadScenario, packageRoot, readEnvironment } from '../../config';
import { checkScenario, loadCorpus } from '../../corpus';
import { closeAll, ConfigError, type Closable } from '../../errors';
import { systemClock, isoNow } from '../../ports';
import { SpendCap, type SpendLimits } from '../../provider';
import {
  compareProbe,
  renderProbePage,
  renderProbeTable,
  summariseProbe,
  type ProbeReport,
  type ProbeTurn,
} from '../../report';
import { exitCodes, type ExitCode } from '../exit-codes';
import { packageVersion } from '../package-version';
import { boardRun } from '../probe/board-run';
import { openTarget } from '../probe/open-targets';
import { probeTargets, type ProbeTarget } from '../probe/probe-target';
import { questionsOf } from '../probe/questions';
import { runProbe, type ProbeClient } from '../probe/run-probe';
import { Progress } from '../progress';
import { onEndingSignal } from '../run-signals';

export interface ProbeArguments {
  /** Comma-separated. */
  readonly provider: string;
  readonly turns: number;
  readonly concurrency: number;
  readonly prompts: readonly string[];
  readonly text: string | undefined;
  readonly stream: boolean;
  readonly retries: number;
  readonly maxTurns: number | undefined;
  readonly maxSeconds: number | undefined;
  readonly scenario: string | undefined;
  readonly ca: string | undefined;
  /** Page to write. */
  readonly out: string | undefined;
  /** Run folder of a board. */
  readonly compare: string | undefined;
  readonly json: boolean;
}

/** Asks providers without a board and compares how fast they answer. */
export async function probeCommand(args: ProbeArguments): Promise<ExitCode> {
  const targets = probeTargets(args.provider);
  const root = packageRoot();
  const corpus = loadCorpus(join(root, 'fixtures'));
  const scenario = loadScenario(args.scenario ?? join(root, 'fixtures/scenarios/voice-assistant.yaml'));
  checkScenario(scenario, corpus);
  const spoken = targets.some(({ protocol }) => protocol === 'openai-realtime');
  const questions = await questionsOf({ ...args, spoken }, corpus);
  const board = args.compare === undefined ? undefined : boardRun(args.compare);
  const ca = args.ca === undefined ? undefined : readCa(args.ca);
  const clock = systemClock;
  const spend = new SpendCap(spendLimits(args, targets), clock);

  const { ci, colour } = readEnvironment();
  const colours = colour === 'always' || (colour === 'auto' && process.stdout.isTTY);
  // What is measured goes to stdout; what goes on, to stderr, so that a pipe gets the former alone.
  const terminal = process.stderr.isTTY && !ci;
  const progress = new Progress(
    {
      write: (text) => void process.stderr.write(text),
      columns: terminal ? process.stderr.columns : undefined,
    },
    pc.createColors(colour === 'always' || (colour === 'auto' && process.stderr.isTTY)),
  );
  const doing = (text: string): void => progress.take({ type: 'activity', text });
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const stopHearing = onEndingSignal(interrupt);

  const startedAt = isoNow();
  const opened: Closable[] = [];
  let report: ProbeReport;
  try {
    const clients: ProbeClient[] = [];
    const options = { limits: { attempts: args.retries + 1 }, spend, ...(ca === undefined ? {} : { ca }) };
    for (const target of targets) {
      doing(`opening ${target.name}`);
      const client = await openTarget(target, { clock, corpus, scenario, options }, opened);
      clients.push({ name: target.name, client });
    }
    let done = 0;
    const all = clients.length * args.turns;
    const onTurn = (name: string, turn: ProbeTurn): void => {
      done += 1;
      if (turn.error !== undefined) progress.line(`  ${name}  turn ${turn.turn}  ${turn.error.message}`);
      doing(`${done} of ${all} turns, ${name}`);
    };
    const { turns, concurrency } = args;
    const { signal } = stop;
    const probed = await runProbe({ clients, questions, turns, concurrency, signal, onTurn });
    const providers = clients.map(({ name, client: { protocol, model } }) =>
      summariseProbe({ name, protocol, model, wanted: turns, turns: probed.turns.get(name) ?? [] }),
    );
    report = {
      schema: 'earshot/probe@1',
      earshot: packageVersion(),
      startedAt,
      turnsPerProvider: turns,
      concurrency,
      stream: args.stream,
      ...(probed.stopped === undefined ? {} : { stopped: probed.stopped }),
      providers,
      ...(board === undefined ? {} : { comparison: compareProbe(providers, board) }),
    };
  } catch (thrown) {
    // Ctrl-C ends the mocks of a terminal too, before they have learnt to leave it to us.
    if (stop.signal.aborted) return exitCodes.interrupted;
    throw thrown;
  } finally {
    progress.end();
    stopHearing();
    await closeAll(opened);
  }
  process.stdout.write(
    args.json ? `${JSON.stringify(report, null, 2)}\n` : `${renderProbeTable(report, { colours })}\n`,
  );
  if (args.out !== undefined) {
    mkdirSync(dirname(args.out), { recursive: true });
    writeFileSync(args.out, renderProbePage(report));
    if (!args.json) process.stdout.write(`\nPlot: ${args.out}\n`);
  }
  return exitCodeOf(report);
}

/** What may be spent unless told otherwise, once somebody has to pay for it. */
const LIVE_SPEND: SpendLimits = { maxTurns: 200, maxSeconds: 600 };

function spendLimits({ maxTurns, maxSeconds }: ProbeArguments, targets: readonly ProbeTarget[]): SpendLimits {
  const unlessTold = targets.some(({ kind }) => kind === 'live') ? LIVE_SPEND : {};
  return { maxTurns: maxTurns ?? unlessTold.maxTurns, maxSeconds: maxSeconds ?? unlessTold.maxSeconds };
}

/** Interrupted before a provider that answered nothing, before nothing asked at all. */
function exitCodeOf({ stopped, providers }: ProbeReport): ExitCode {
  if (stopped === 'interrupted') return exitCodes.interrupted;
  if (providers.some(({ turns, answered }) => turns.length > 0 && answered === 0))
    return exitCodes.providerFault;
  return providers.some(({ answered }) => answered === 0) ? exitCodes.inconclusive : exitCodes.passed;
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', `The CA ${path} cannot be read.`, { path }, { cause });
  }
}
