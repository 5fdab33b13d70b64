import type { AnyTurnRecord, TurnRecord } from '../ports';
import type { CallObservation } from './turn-measurement';

/**
 * Turns that differ by what they have to do: the first of a session is cold, the others are warm; a tool turn is one in which
 * the provider asked for a call, the others are plain. What was said into a reply makes no tool turn of it: its latency is
 * that of the answer before. A turn is of two kinds.
 */
export const turnKinds = ['cold', 'warm', 'tool', 'plain'] as const;
export type TurnKind = (typeof turnKinds)[number];

export const turnKindTitles: Readonly<Record<TurnKind, string>> = {
  cold: 'cold turns',
  warm: 'warm turns',
  tool: 'tool turns',
  plain: 'plain turns',
};

/** What of a turn says which kinds it is of; a turn that does not say where it stood in its session is warm. */
export interface KindEvidence {
  readonly record: Partial<Pick<AnyTurnRecord, 'turnInSession'>> & Partial<Pick<TurnRecord, 'interruption'>>;
  readonly measurement: { readonly calls?: readonly Pick<CallObservation, 'asked'>[] };
}

export function isOfKind(kind: TurnKind, { record, measurement }: KindEvidence): boolean {
  const isCold = record.turnInSession === 1;
  const interruptedAtHostMs = record.interruption?.playback?.askedAtHostMs ?? Infinity;
  const isTool =
    measurement.calls?.some(({ asked }) => asked !== undefined && asked.hostAtMs <= interruptedAtHostMs) ===
    true;
  return { cold: isCold, warm: !isCold, tool: isTool, plain: !isTool }[kind];
}
