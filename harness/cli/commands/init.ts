import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { loadBench } from '../../config';
import { ConfigError } from '../../errors';
import { exitCodes } from '../exit-codes';
import { NobodyAnswers, silentAsker, terminalAsker, type Asker } from '../init/asker';
import { benchText, benchVariables } from '../init/bench-text';
import { findParts, type FoundParts } from '../init/found-parts';
import { planBench } from '../init/plan-bench';
import type { BenchPlan } from '../init/bench-plan';

export interface InitArguments {
  readonly out: string;
  /** Takes what is proposed. */
  readonly yes: boolean;
  /** Writes over a file that is there. */
  readonly force: boolean;
  readonly json: boolean;
}

/** What a test puts in place of this machine and of the person at it. */
export interface InitSeams {
  readonly find: () => Promise<FoundParts>;
  readonly asker: Asker;
}

const seamsOf = ({ yes }: InitArguments): InitSeams => ({
  find: findParts,
  // Questions go to stderr, so that stdout holds what was made alone.
  asker: yes || !process.stdin.isTTY ? silentAsker : terminalAsker(process.stdin, process.stderr),
});

/** Makes a bench file of what the machine has and a person says. @returns 0; 130 when nobody answers any more. */
export async function initCommand(args: InitArguments, seams: InitSeams = seamsOf(args)): Promise<number> {
  const path = resolve(args.out);
  const { asker, find } = seams;
  try {
    if (!args.force) refuseExisting(path);
    const plan = await planBench(basename(path, extname(path)), await find(), asker);
    store(path, benchText(plan), args.force);
    process.stdout.write(args.json ? `${JSON.stringify(told(path, plan), null, 2)}\n` : wordsOf(path, plan));
    return exitCodes.passed;
  } catch (cause) {
    if (!(cause instanceof NobodyAnswers)) throw cause;
    process.stderr.write('\nNothing was written.\n');
    return exitCodes.interrupted;
  } finally {
    asker.close();
  }
}

function refuseExisting(path: string): void {
  if (!existsSync(path)) return;
  throw new ConfigError('HIL_CONFIG_USAGE', `${path} is there already; --force writes over it.`, { path });
}

/** Puts the file there whole and loadable, or not at all. */
function store(path: string, text: string, force: boolean): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  writeFileSync(draft, text);
  try {
    loadBench(draft);
    if (force) renameSync(draft, path);
    else linkSync(draft, path);
  } catch (cause) {
    // Somebody else made it meanwhile.
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') refuseExisting(path);
    throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

const nextSteps = (path: string, { boards }: BenchPlan): readonly string[] => [
  `npx earshot doctor --bench ${path}${boards.some(({ kind }) => kind === 'serial') ? ' --reset' : ''}`,
  ...(boards.some((board) => board.kind === 'serial' && board.rig !== undefined)
    ? [`npx earshot calibrate --bench ${path}`]
    : []),
  `npx earshot run --bench ${path}`,
];

const told = (path: string, plan: BenchPlan): object => ({
  schema: 'earshot/init@1',
  path,
  ...plan,
  next: nextSteps(path, plan),
});

function wordsOf(path: string, plan: BenchPlan): string {
  const [first] = plan.boards;
  const variables = Object.values(benchVariables(plan.provider.protocol));
  const isReal = plan.boards.some(({ kind }) => kind === 'serial');
  const boards =
    plan.boards.length === 1
      ? `board ${first?.name ?? ''} (${first?.kind ?? ''})`
      : `${plan.boards.length} boards`;
  return [
    `${path}: ${boards}, ${plan.provider.kind}:${plan.provider.protocol}`,
    ...(isReal && plan.provider.kind === 'mock' && variables.length > 0
      ? [`Set ${variables.join(', ')} to what the firmware was built to show; any value of your own will do.`]
      : []),
    'Next:',
    ...nextSteps(path, plan).map((step) => `  ${step}`),
    '',
  ].join('\n');
}
