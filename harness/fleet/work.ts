/** How urgent a job is, the most urgent first: a release waits for its gate, a person for a pull request, nobody for the night. */
export const priorities = ['gate', 'pull-request', 'nightly'] as const;
export type Priority = (typeof priorities)[number];

/** What a unit asks of a board. Units of equal needs wait in one queue. */
export interface Needs {
  /** As the bench file says it: `ESP32-S3-Korvo-2`. */
  readonly boardModel: string;
  /** Kind of the audio side: `virtual`, `alsa`, `pulse`; `none` for a board that is asked in writing. */
  readonly rig: string;
  /** Language of the prompts, as of the corpus: `en`. */
  readonly language: string;
  /** Way to the provider: `mock`, `proxy:openai`, `live:openai`. */
  readonly provider: string;
  /** Suites of a team's own: what of `Offer.suites` the board has to have. Absent: all are Earshot's. */
  readonly suites?: string;
}

/** In `Offer.suites`: those of any job. */
export const ANY_SUITES = 'any';

/** What a board on its bench can play. */
export interface Offer {
  readonly boardModel: string;
  readonly rig: string;
  readonly languages: readonly string[];
  readonly providers: readonly string[];
  /** Suites that did not come with Earshot: hashes of their folders, or `ANY_SUITES`. Absent: none. */
  readonly suites?: readonly string[];
}

/** A board that asks for work. */
export interface Seat {
  /** Unique in the fleet: `korvo-room-2/board-a`. */
  readonly board: string;
  readonly bench: string;
  readonly offer: Offer;
  /** Boards of one group would hear each other and never play at once. Absent: nobody hears this one. */
  readonly isolation?: string;
  /** SHA-256 of the image that it runs. Absent: not known, it is flashed. */
  readonly firmwareSha256?: string;
}

/** Where a bundle lies, and what it is. The queue holds no more of it. */
export interface BundleRef {
  readonly uri: string;
  readonly sha256: string;
}

/**
 * What is done at a machine without a board. `build`: firmware from a source, by a recipe of the machine's own: the order names it and says
 * no more; what is delivered is the firmware. `merge`: one run of all that the job's boards played.
 */
export type Chore =
  | { readonly kind: 'build'; readonly recipe: string; readonly source: BundleRef }
  | {
      readonly kind: 'merge';
      /** A folder with the budgets file that it is judged by. Absent: what the bench files name, where they are on that machine. */
      readonly budgets?: BundleRef;
    };

/** Suites that a job brings with it. */
export interface OwnSuites {
  /** The folder that they lie in. */
  readonly bundle: BundleRef;
  /** Of the names and contents of its files, which an agent can take of its own project too. */
  readonly sha256: string;
}

/** What one board plays in one go. */
export interface Unit {
  /** One attempt: `JOB/3#2` is the second at the job's fourth piece. */
  readonly id: string;
  /** The same for all attempts: the merged run holds it once. */
  readonly piece: string;
  /** From 1. */
  readonly attempt: number;
  readonly jobId: string;
  readonly needs: Needs;
  readonly priority: Priority;
  readonly firmwareSha256: string;
  /** Names of those that come with Earshot, and files of `own` as `./own.hil.ts`. */
  readonly suites: readonly string[];
  /** Absent: all suites come with Earshot. */
  readonly own?: OwnSuites;
  /** Turns of the latency suite. Absent: as many as `earshot run` plays. */
  readonly turns?: number;
  /** Where the firmware lies. Absent: whatever the board runs is tested. */
  readonly firmware?: BundleRef;
  /** Absent: a board plays suites. */
  readonly chore?: Chore;
  /** By what it took before. */
  readonly expectedMs: number;
  /** The most that it is thought to cost at its provider; 0 for a mock. */
  readonly costCents: number;
  /** The price by which that was reckoned. Absent: nobody configured one. */
  readonly centsPerTurn?: number;
  /** Boards on which it was lost. */
  readonly notOn: readonly string[];
}

const PART = /[^\w.:-]+/g;

/** Name of the queue in which units of such needs wait: letters, digits and `.`, `:`, `-`, `_` in four or five parts by `/`. */
export const queueOf = ({ boardModel, rig, language, provider, suites }: Needs): string =>
  [boardModel, rig, language, provider, ...(suites === undefined ? [] : [suites])]
    .map((part) => part.replace(PART, '-').toLowerCase())
    .join('/');

/** Names of all queues that a board takes work from. */
export const queuesOf = ({ boardModel, rig, languages, providers, suites = [] }: Offer): readonly string[] =>
  languages.flatMap((language) =>
    providers.flatMap((provider) => {
      const needs = { boardModel, rig, language, provider };
      return [queueOf(needs), ...suites.map((own) => queueOf({ ...needs, suites: own }))];
    }),
  );

/** The next attempt at a unit that a board lost, for any other board. @param lostOn - Undefined: nobody knows. */
export const nextAttempt = (unit: Unit, lostOn: string | undefined): Unit => ({
  ...unit,
  id: `${unit.piece}#${unit.attempt + 1}`,
  attempt: unit.attempt + 1,
  notOn: lostOn === undefined ? unit.notOn : [...unit.notOn, lostOn],
});
