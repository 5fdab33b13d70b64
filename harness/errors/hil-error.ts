import { catalogue, type ErrorCode } from './catalogue';
import type { Origin } from './origin';

const HIL_ERROR = Symbol.for('earshot.error');

/** Evidence that goes with an error: plain JSON values only, so that it crosses processes. */
export type Facts = Readonly<Record<string, unknown>>;

/**
 * A failure with a code, an origin and a remedy from the catalogue. `message` is one sentence that says what failed, on
 * which thing, with the value seen and the value expected; evidence that is longer goes into `facts`.
 */
export class HilError extends Error {
  readonly [HIL_ERROR] = true;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly facts: Facts = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }

  get origin(): Origin {
    return catalogue[this.code].origin;
  }

  get remedy(): string {
    return catalogue[this.code].remedy;
  }
}

/** Thrown by a board adapter. */
export class BoardError extends HilError {}
/** Thrown by a rig adapter. */
export class RigError extends HilError {}
/** Thrown by a provider adapter. */
export class ProviderError extends HilError {}
/** Thrown for what a person wrote. */
export class ConfigError extends HilError {}
/** Thrown by the run store and its readers. */
export class RunError extends HilError {}
/** Thrown between benches: by queues, bundle stores and whoever asks them. */
export class FleetError extends HilError {}

/** True for errors of this project, also across Jest's realms, where `instanceof` fails. */
export const isHilError = (value: unknown): value is HilError =>
  typeof value === 'object' && value !== null && HIL_ERROR in value;

/** Whose fault a thrown value is; anything that is not ours is the harness's. */
export const originOf = (thrown: unknown): Origin => (isHilError(thrown) ? thrown.origin : 'harness');
