import type { Priority } from '../../fleet';

/** Jobs of one priority, as a share of all work by duration. */
export interface JobKind {
  readonly priority: Priority;
  /** Of the offered load. */
  readonly share: number;
  readonly piecesOfJob: number;
  readonly boards: number;
}

/** What goes wrong, per hour of virtual time and over the whole fleet. */
export interface FleetFaults {
  /** A bench dies with what its boards play, and comes back. */
  readonly benchLosses: number;
  readonly benchLostForMs: number;
  /** A bench hears nothing of the queue and the queue nothing of it; its boards play on and deliver late. */
  readonly networkCuts: number;
  readonly networkCutForMs: number;
  /** Share of bundles that are delivered twice, as after a lost answer. */
  readonly repeatedDeliveries: number;
}

export interface FleetModel {
  readonly name: string;
  readonly benches: number;
  readonly boardsOfBench: number;
  /** Boards of one model can stand in for each other; benches are dealt to models in turn. */
  readonly models: number;
  readonly pieces: number;
  /** Play time that is asked for, as a share of what all boards have. */
  readonly offeredLoad: number;
  readonly kinds: readonly JobKind[];
  readonly faults: FleetFaults;
  readonly seed: number;
}

/**
 * Seconds that suites took in a run of the simulated openai-demo over WebRTC (2026-11-22): boot, session, conversation, function calls,
 * latency, unknown utterance, barge-in, crash.
 */
export const suiteSeconds = [10.8, 11.2, 25.2, 47.7, 84.5, 11.7, 16.3, 20.1] as const;

/** An image of 4 MB over USB, as `bench:flash` finds it to within a few seconds. */
export const FLASH_MS = 15_000;

const kinds: readonly JobKind[] = [
  { priority: 'gate', share: 0.05, piecesOfJob: 16, boards: 4 },
  { priority: 'pull-request', share: 0.35, piecesOfJob: 16, boards: 2 },
  { priority: 'nightly', share: 0.6, piecesOfJob: 40, boards: 2 },
];

const none: FleetFaults = {
  benchLosses: 0,
  benchLostForMs: 0,
  networkCuts: 0,
  networkCutForMs: 0,
  repeatedDeliveries: 0,
};

const fleet = { benches: 25, boardsOfBench: 8, models: 4, pieces: 20_000, offeredLoad: 0.95, kinds } as const;

/** What issue 10 asks of placement: 200 boards, 20 000 units. */
export const fleetModels: readonly FleetModel[] = [
  { ...fleet, name: 'nothing goes wrong', faults: none, seed: 1 },
  {
    ...fleet,
    name: 'benches are lost, cut off, and deliver twice',
    faults: {
      benchLosses: 4,
      benchLostForMs: 300_000,
      networkCuts: 20,
      networkCutForMs: 60_000,
      repeatedDeliveries: 0.05,
    },
    seed: 2,
  },
];
