import { quantile } from '../../measurement';

/** One question to one provider. Times are milliseconds on the host's clock; absent means that it did not happen. */
export interface ProbeTurn {
  /** From 1. */
  readonly turn: number;
  /** Id of the prompt, or the text that was asked. */
  readonly prompt: string;
  readonly outcome: 'answered' | 'failed';
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly httpStatus?: number;
    readonly providerCode?: string;
  };
  /** How often it was asked. */
  readonly attempts: number;
  /** Failed attempts before the one that counts, by code. */
  readonly retried: readonly string[];
  /** Connection, TLS and upgrade: before the question, in none of the times below. */
  readonly connectMs?: number;
  /** Last byte of the question sent to the first token of the answer. */
  readonly firstTokenMs?: number;
  /** To the first token of the reasoning. */
  readonly firstThoughtMs?: number;
  /** Last speech sample, or last byte, sent to the first packet of sound. */
  readonly firstAudioMs?: number;
  /** To the end of the answer. */
  readonly totalMs?: number;
  /** Between pieces of the answer that follow each other. */
  readonly tokenGapsMs: readonly number[];
  /** As the provider counted them; absent where it does not. */
  readonly tokens?: number;
  /** Tokens per second from the first token, reasoning included, to the end. */
  readonly tokensPerS?: number;
  readonly audioMs?: number;
  /** Length of the spoken answer over the time that it took to arrive: 2 is twice as fast as it is played. */
  readonly realTimeFactor?: number;
  readonly characters?: number;
  /** Loading the model, inside `firstTokenMs`, where the provider tells. */
  readonly loadMs?: number;
}

/** Type-7 quantiles (linear interpolation) of one measure over the answered turns that have it. */
export interface ProbeSpread {
  readonly n: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly max: number;
}

export const probeMeasures = [
  'connectMs',
  'firstTokenMs',
  'firstThoughtMs',
  'firstAudioMs',
  'tokenGapMs',
  'totalMs',
  'tokensPerS',
  'realTimeFactor',
] as const;
export type ProbeMeasure = (typeof probeMeasures)[number];

export interface ProbedProvider {
  /** As it was asked for: `mock:siliconflow`. */
  readonly name: string;
  readonly protocol: string;
  readonly model: string;
  /** Turns that were wanted; `turns` has those that were asked. */
  readonly wanted: number;
  readonly turns: readonly ProbeTurn[];
  readonly answered: number;
  /** Failed turns by the provider's own code, or else ours. */
  readonly errors: Readonly<Record<string, number>>;
  /** Failed attempts of turns that were asked again, by code. */
  readonly retries: Readonly<Record<string, number>>;
  readonly measures: Readonly<Partial<Record<ProbeMeasure, ProbeSpread>>>;
}

/** What a board's run shows of the same way, provider included. */
export interface ProbeComparison {
  readonly runId: string;
  readonly runPath: string;
  /** Measure of the run: `voiceToVoice` or `questionToAnswer`. */
  readonly measure: string;
  readonly board: ProbeSpread;
  /** Median and p95 of the board minus those of the provider: what board and network add. */
  readonly added: readonly {
    readonly provider: string;
    readonly measure: ProbeMeasure;
    readonly p50Ms: number;
    readonly p95Ms: number;
  }[];
}

/** The file of `earshot probe --json`. */
export interface ProbeReport {
  readonly schema: 'earshot/probe@1';
  readonly earshot: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly turnsPerProvider: number;
  readonly concurrency: number;
  readonly stream: boolean;
  /** Why not all was asked; absent when it was. */
  readonly stopped?: 'interrupted' | 'spend-cap';
  readonly providers: readonly ProbedProvider[];
  readonly comparison?: ProbeComparison;
}

/** The spread of numbers; undefined of none. */
export function spreadOf(values: readonly number[]): ProbeSpread | undefined {
  if (values.length === 0) return undefined;
  const ascending = [...values].sort((a, b) => a - b);
  const at = (probability: number): number => quantile(ascending, probability);
  return { n: values.length, min: at(0), p50: at(0.5), p90: at(0.9), p95: at(0.95), max: at(1) };
}

const valuesOf = (turns: readonly ProbeTurn[], measure: ProbeMeasure): readonly number[] =>
  turns.flatMap((turn) => (measure === 'tokenGapMs' ? turn.tokenGapsMs : (turn[measure] ?? [])));

const counted = (codes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
};

/** One provider's turns summed up. Failed turns give no times; they are counted by code. */
export function summariseProbe(
  provider: Pick<ProbedProvider, 'name' | 'protocol' | 'model' | 'wanted' | 'turns'>,
): ProbedProvider {
  const answered = provider.turns.filter(({ outcome }) => outcome === 'answered');
  const spreads = probeMeasures.flatMap((measure) => {
    const spread = spreadOf(valuesOf(answered, measure));
    return spread === undefined ? [] : [[measure, spread] as const];
  });
  return {
    ...provider,
    answered: answered.length,
    errors: counted(provider.turns.flatMap(({ error }) => error?.providerCode ?? error?.code ?? [])),
    retries: counted(provider.turns.flatMap(({ retried }) => retried)),
    measures: Object.fromEntries(spreads),
  };
}

/** The measure that a provider's answer begins with: sound where it speaks. */
export const firstMeasure = ({ measures }: ProbedProvider): ProbeMeasure =>
  measures.firstAudioMs === undefined ? 'firstTokenMs' : 'firstAudioMs';

/** What a board adds to each provider: quantiles subtracted, since its turns are none of ours. */
export function compareProbe(
  providers: readonly ProbedProvider[],
  run: Pick<ProbeComparison, 'runId' | 'runPath' | 'measure' | 'board'>,
): ProbeComparison {
  return {
    ...run,
    added: providers.flatMap((provider) => {
      const measure = firstMeasure(provider);
      const spread = provider.measures[measure];
      if (spread === undefined) return [];
      const p50Ms = run.board.p50 - spread.p50;
      return [{ provider: provider.name, measure, p50Ms, p95Ms: run.board.p95 - spread.p95 }];
    }),
  };
}
