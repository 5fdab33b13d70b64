import type { Clock } from './clock';

/** What switches a board's power. */
export interface Power {
  /** In words, for messages: `uhubctl 1-1 port 2`. */
  readonly name: string;
  /**
   * Takes the board's power away and gives it back; resolves when the board has it again.
   * @throws BoardError `HIL_POWER_FAILED` with what the switch said.
   */
  cycle(): Promise<void>;
}

/** A program with its arguments; no shell reads it. */
export type Argv = readonly [program: string, ...args: string[]];

/** How a bench file says that a board's power is switched. */
export type PowerChoice = {
  /** Between off and on, where both are Earshot's to say. */
  readonly offMs: number;
  /** What one program, or a plugin, may take. */
  readonly timeoutMs: number;
} & (
  | {
      readonly kind: 'uhubctl';
      readonly program: string;
      /** The hub, as `uhubctl` names it: `1-1.4`. */
      readonly location: string;
      readonly port: number;
    }
  | { readonly kind: 'cycle-command'; readonly cycle: Argv }
  | { readonly kind: 'switch-command'; readonly off: Argv; readonly on: Argv }
  | { readonly kind: 'plugin'; readonly plugin: string; readonly options: unknown }
);

/** What a power switch of a team's own is told. */
export interface PowerPluginContext {
  /** Name of the board in the bench file. */
  readonly board: string;
  /** `boards[].power.options` of the bench file: any JSON, for the plugin to check. */
  readonly options: unknown;
  /** How long the board should be without power. */
  readonly offMs: number;
  readonly clock: Clock;
  /** Aborts when the time that the bench file grants is over. */
  readonly signal: AbortSignal;
}

/** A power switch of a team's own. */
export interface PowerPlugin {
  /** What bench files call it. */
  readonly name: string;
  /** Takes the board's power away and gives it back; resolves when the board has it again, and throws when it has not. */
  cycle(context: PowerPluginContext): Promise<void>;
}

/**
 * Declares a power switch of a team's own: the default export of a module that `plugins` of a bench file names. It runs in the process
 * that reads the board.
 */
export const definePower = (plugin: PowerPlugin): PowerPlugin => plugin;
