import { createHash } from 'node:crypto';
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { ConfigError } from '../../errors';
import { ANY_SUITES, type BundleStore, type OwnSuites, type Unit } from '../../fleet';
import { productSuites, suiteFiles, surveySuites } from '../suite-files';
import { isWithin } from './firmware-folder';

/*
 * A team's own suites travel as the folder that they lie in, beside the firmware. They are programs, and run with the rights of whoever
 * runs the agent: it plays those that it was told to, which it knows by the hash of the whole folder.
 */

/** All that a release has to pass, as `earshot run` plays it. */
const GATE = 'gate';
/** A unit's suites that are files of the folder begin with this; others are names of suites that come with Earshot. */
const OWN = './';
/** Suites are text: what has more is a folder that was not meant. */
const MOST_FILES = 1_000;
const MOST_BYTES = 16 << 20;

/** What is to be played: names of Earshot's suites, and files of the team's as `./own.hil.ts`. */
export interface ChosenSuites {
  readonly suites: readonly string[];
  /** Where those files are. Undefined: all suites are Earshot's. */
  readonly folder: string | undefined;
}

export const isOwnSuite = (suite: string): boolean => suite.startsWith(OWN);

const productNames = (): readonly string[] => [...productSuites(), ...surveySuites()];

/** The nearest folder that all of them are in or below. */
function commonFolder([first = '', ...others]: readonly string[]): string {
  let folder = dirname(first);
  while (others.some((path) => !isWithin(path, folder))) folder = dirname(folder);
  return folder;
}

/**
 * Suites by what was asked for: names, `gate` for all of a release, files, and folders that hold `*.hil.ts`.
 * @throws ConfigError `HIL_CONFIG_USAGE` naming what there is.
 */
export function chooseSuites(wanted: readonly string[]): ChosenSuites {
  const names = productNames();
  const asked = (wanted.length === 0 ? [GATE] : wanted).flatMap((suite) => {
    if (suite === GATE) return productSuites();
    return names.includes(suite) ? [suite] : suiteFiles([suite]).map((path) => resolve(path));
  });
  const files = asked.filter((suite) => !names.includes(suite));
  if (files.length === 0) return { suites: [...new Set(asked)], folder: undefined };
  const folder = commonFolder(files);
  const inFolder = (path: string): string => `${OWN}${relative(folder, path).split(sep).join(posix.sep)}`;
  return {
    suites: [...new Set(asked.map((suite) => (names.includes(suite) ? suite : inFolder(suite))))],
    folder,
  };
}

const unfit = (message: string, facts: Readonly<Record<string, unknown>>): ConfigError =>
  new ConfigError('HIL_CONFIG_USAGE', message, facts);

/** Files that go with suites, by their way from the folder: not what `npm install` put there, and nothing that is hidden. */
function filesIn(folder: string): readonly string[] {
  const found: string[] = [];
  let sizeBytes = 0;
  const look = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
      const path = posix.join(below, entry.name);
      if (entry.isDirectory()) {
        look(path);
        continue;
      }
      if (!entry.isFile())
        throw unfit(`${join(folder, path)} is no plain file, and cannot travel with suites.`, {
          folder,
          path,
        });
      found.push(path);
      sizeBytes += lstatSync(join(folder, path)).size;
      if (found.length > MOST_FILES || sizeBytes > MOST_BYTES)
        throw unfit(
          `Suites travel with the folder that they lie in; ${folder} holds more than ${MOST_FILES} files or ${MOST_BYTES >> 20} MiB: give them a folder of their own.`,
          { folder, files: found.length, sizeBytes },
        );
    }
  };
  look('');
  return found.sort();
}

/** Of names and contents of all that would travel: the same wherever the folder lies, and of any difference another. */
export function hashOfSuites(folder: string): string {
  const hash = createHash('sha256');
  for (const path of filesIn(folder)) {
    const content = createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex');
    hash.update(`${content} ${path}\0`);
  }
  return hash.digest('hex');
}

/** Puts a folder with suites into the store. @throws ConfigError for links and too much in it; FleetError of the store. */
export async function putSuites(folder: string, store: Pick<BundleStore, 'put'>): Promise<OwnSuites> {
  const aside = mkdtempSync(join(tmpdir(), 'earshot-suites-'));
  try {
    for (const path of filesIn(folder)) {
      mkdirSync(dirname(join(aside, path)), { recursive: true });
      copyFileSync(join(folder, path), join(aside, path));
    }
    // Of what was packed: somebody may be writing in the folder.
    return { sha256: hashOfSuites(aside), bundle: await store.put('suites', aside) };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** What an agent was told to play beside the suites that come with Earshot. */
export interface SuitesOfAgent {
  /** Folder of its own project. */
  readonly folder: string | undefined;
  /** Those of any job. */
  readonly any: boolean;
}

/** As an agent offers it; undefined: Earshot's alone. @throws ConfigError for a folder that could not travel either. */
export function offeredSuites({ folder, any }: SuitesOfAgent): readonly string[] | undefined {
  if (any) return [ANY_SUITES];
  if (folder === undefined) return undefined;
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw unfit(`--suites takes a folder with suites; ${folder} is none.`, { folder });
  return [hashOfSuites(folder)];
}

/** Where a unit's suites are, or why it is not played. */
export type UnitSuites =
  | { readonly suites: readonly string[] }
  | {
      /** One sentence without its subject. */
      readonly refusal: string;
    };

/**
 * Has ready what a unit plays. What it asks for came over the queue: names have to be Earshot's, files have to be in the folder that came
 * with the unit, and that has to be what its hash says and this agent was told to play.
 * @param into - Made for its files, and emptied before.
 * @param offered - As `offeredSuites` gave it.
 * @throws FleetError of the store.
 */
export async function suitesOfUnit(
  { suites, own }: Pick<Unit, 'suites' | 'own'>,
  into: string,
  offered: readonly string[] | undefined,
  store: Pick<BundleStore, 'fetch'>,
): Promise<UnitSuites> {
  const known = productNames();
  const foreign = suites.find((suite) => !known.includes(suite) && !isOwnSuite(suite));
  if (foreign !== undefined) return { refusal: `was given a suite "${foreign}", which it does not have` };
  const files = suites.filter((suite) => !known.includes(suite));
  if (files.length === 0) return { suites };
  if (own === undefined || !(offered ?? []).some((one) => one === ANY_SUITES || one === own.sha256))
    return { refusal: 'was given suites that its agent was not told to play' };
  rmSync(into, { recursive: true, force: true });
  await store.fetch(own.bundle, into);
  if (hashOfSuites(into) !== own.sha256) return { refusal: 'was given other suites than were announced' };
  const there = new Set(filesIn(into).map((path) => `${OWN}${path}`));
  const missing = files.find((file) => !there.has(file) || !/\.hil\.[mc]?[jt]s$/.test(file));
  if (missing !== undefined) return { refusal: `was given no suite ${missing}` };
  return { suites: suites.map((suite) => (known.includes(suite) ? suite : join(into, suite))) };
}
