import type { SyntheticTurn } from '../simulation/synthetic-turn';

/** What a method says of a turn: a latency, or why there is none. */
export type Estimate =
  { readonly valueMs: number; readonly uncertaintyMs?: number } | { readonly reason: string };

/** What a method sees of a turn: what a bench would see, and no truth. */
export type Evidence = Pick<SyntheticTurn, 'record' | 'sound'>;

export const methodNames = ['known', 'unknown', 'silencedetect', 'energy'] as const;
export type MethodName = (typeof methodNames)[number];

export const methodTitles: Readonly<Record<MethodName, string>> = {
  known: 'Earshot, reply known',
  unknown: 'Earshot, reply unknown',
  silencedetect: 'ffmpeg silencedetect',
  energy: 'energy threshold',
};

/** Between two places of one capture, in milliseconds. */
export const latencyMs = (fromSample: number, toSample: number, rateHz: number): number =>
  ((toSample - fromSample) * 1000) / rateHz;
