import { resolve } from 'node:path';
import { ConfigError } from '../errors';
import { fleetVariables } from './fleet-settings';
import { withEnvFile } from './live-settings';
import { nearest } from './nearest';
import { secretsOf } from './secrets';

/** Everything that the environment says, read once. Undefined: not set, or set to nothing. */
export interface Environment {
  /** HIL_BENCH: absolute path of the bench file of plain `npx jest`, and of commands that name none. */
  readonly benchPath: string | undefined;
  /** CI: set and neither 0 nor false. Progress becomes plain lines. */
  readonly ci: boolean;
  /** What the CI server takes from a job. */
  readonly ciServer: {
    /** GITHUB_ACTIONS: workflow commands on standard output become annotations. */
    readonly github: boolean;
    /** GITHUB_STEP_SUMMARY: absolute path of the file that Markdown is added to. */
    readonly githubSummaryPath: string | undefined;
    /** GITLAB_CI. */
    readonly gitlab: boolean;
  };
  /** FORCE_COLOR (0 and false mean never) before NO_COLOR; `auto` lets the terminal decide. */
  readonly colour: 'always' | 'auto' | 'never';
  /** EARSHOT_HOST: address of the host's RPC socket, given to Jest children. */
  readonly hostAddress: string | undefined;
  /** EARSHOT_BOARD: name of the board that a Jest child tests. */
  readonly board: string | undefined;
  /** EARSHOT_TURNS: how often a suite repeats a turn, at least 1. */
  readonly turns: number | undefined;
  /** EARSHOT_REPORTS: absolute path of the folder that runs are written to. */
  readonly reportsPath: string | undefined;
  /** EARSHOT_LEASES: absolute path of the folder of this machine's leases; see `leasesPath`. */
  readonly leasesPath: string | undefined;
  /** EARSHOT_ALLURE: absolute path that Jest children write their Allure results to. */
  readonly allureResultsPath: string | undefined;
  /** EARSHOT_SECRETS: names of further variables whose values are secret, commas between them. */
  readonly secretNames: readonly string[] | undefined;
  /** Values of the variables, of `.env` too, whose names say that they are secret: they are masked in everything that is stored. */
  readonly secrets: readonly string[];
}

const variables = {
  benchPath: 'HIL_BENCH',
  hostAddress: 'EARSHOT_HOST',
  board: 'EARSHOT_BOARD',
  turns: 'EARSHOT_TURNS',
  reportsPath: 'EARSHOT_REPORTS',
  leasesPath: 'EARSHOT_LEASES',
  allureResultsPath: 'EARSHOT_ALLURE',
  secretNames: 'EARSHOT_SECRETS',
} as const satisfies Partial<Record<keyof Environment, string>>;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The environment as one frozen value. This module is the only reader of `process.env`.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a value that does not fit, and for a variable that is nearly one of ours
 *   (`EARSHOT_TURN`), which would otherwise be silently without effect.
 */
export function readEnvironment(env: Variables = process.env): Environment {
  refuseMisspelt(env);
  const value = (name: string): string | undefined => env[name]?.trim() || undefined;
  const path = (name: string): string | undefined => {
    const written = value(name);
    return written === undefined ? undefined : resolve(written);
  };
  const secretNames = value(variables.secretNames)
    ?.split(',')
    .map((name) => name.trim());
  return Object.freeze({
    benchPath: path(variables.benchPath),
    ci: isOn(value('CI')),
    ciServer: {
      github: isOn(value('GITHUB_ACTIONS')),
      githubSummaryPath: path('GITHUB_STEP_SUMMARY'),
      gitlab: isOn(value('GITLAB_CI')),
    },
    colour: colourOf(value('FORCE_COLOR'), value('NO_COLOR')),
    hostAddress: value(variables.hostAddress),
    board: value(variables.board),
    turns: turnsOf(value(variables.turns)),
    reportsPath: path(variables.reportsPath),
    leasesPath: path(variables.leasesPath),
    allureResultsPath: path(variables.allureResultsPath),
    secretNames,
    secrets: secretsOf(env === process.env ? withEnvFile() : env, secretNames),
  });
}

/** Our variables for a child process, on top of those that this process has; undefined removes one. */
export function childEnvironment(
  values: Partial<Pick<Environment, keyof typeof variables>>,
  env: Variables = process.env,
): NodeJS.ProcessEnv {
  const child: NodeJS.ProcessEnv = { ...env };
  for (const [field, name] of Object.entries(variables)) {
    if (!(field in values)) continue;
    const value = values[field as keyof typeof variables];
    child[name] = value === undefined ? undefined : String(value);
  }
  return child;
}

/**
 * Sets our variables in this very process, undefined removes one: Jest's global set-up hands them to the test files that
 * way.
 */
export function setEnvironment(values: Parameters<typeof childEnvironment>[0]): void {
  for (const [name, value] of Object.entries(childEnvironment(values, {}))) {
    // Assigning undefined would set the text "undefined".
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

const isOn = (value: string | undefined): boolean =>
  value !== undefined && !['0', 'false'].includes(value.toLowerCase());

function colourOf(force: string | undefined, no: string | undefined): Environment['colour'] {
  if (force !== undefined) return isOn(force) ? 'always' : 'never';
  return no === undefined ? 'auto' : 'never';
}

function turnsOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `EARSHOT_TURNS is "${value}"; expected a whole number from 1 to 999999.`,
    {
      variable: 'EARSHOT_TURNS',
      value,
    },
  );
}

function refuseMisspelt(env: Variables): void {
  const known: readonly string[] = [...Object.values(variables), ...fleetVariables];
  const suffixes = new Map(known.map((variable) => [suffixOf(variable), variable]));
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('EARSHOT_') || known.includes(variable)) continue;
    const [suffix] = nearest(suffixOf(variable), suffixes.keys(), 1);
    if (suffix === undefined) continue;
    const meant = suffixes.get(suffix);
    const message = `The environment variable ${variable} is unknown; did you mean ${meant ?? suffix}?`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { variable, meant });
  }
}

/** Only what follows the prefix is compared: the prefix would make every two of them similar. */
const suffixOf = (variable: string): string => variable.replace(/^[A-Z]+_/, '');

/**
 * The value of a variable that a file names, such as a credential.
 * @throws ConfigError `HIL_CONFIG_USAGE` when it is not set, or set to nothing.
 */
export function readVariable(name: string, env: Variables = process.env): string {
  const value = env[name]?.trim();
  if (value !== undefined && value !== '') return value;
  throw new ConfigError('HIL_CONFIG_USAGE', `The environment variable ${name} is not set.`, { name });
}
