import type { Finding } from '../ports';

/** One crash, however often and on whatever turns it came. */
export interface CrashGroup {
  /** Twelve hex digits: the same over boards, runs and, where functions are known, builds. */
  readonly signature: string;
  /** `StoreProhibited in write_reply < play_task`. */
  readonly text: string;
  /** Findings that it gave. */
  readonly count: number;
  /** Turns in which it came, each once; empty when it came beside them. */
  readonly turnIds: readonly string[];
}

/** The signature that triage gave a finding's crash; undefined for every other finding, and in runs of older versions. */
export function signatureOf({
  code,
  facts,
}: Finding): { readonly id: string; readonly text: string } | undefined {
  if (code !== 'HIL_BOARD_PANIC') return undefined;
  const { signature } = (facts['triage'] ?? {}) as {
    readonly signature?: Partial<Record<'id' | 'text', unknown>>;
  };
  const { id, text } = signature ?? {};
  return typeof id === 'string' && typeof text === 'string' ? { id, text } : undefined;
}

/** Crashes by signature, the most frequent first. */
export function crashGroups(findings: readonly Finding[]): readonly CrashGroup[] {
  const groups = new Map<string, CrashGroup>();
  for (const finding of findings) {
    const signature = signatureOf(finding);
    if (signature === undefined) continue;
    const { id, text } = signature;
    const { count = 0, turnIds = [] } = groups.get(id) ?? {};
    const { turnId } = finding;
    const isNew = turnId !== undefined && !turnIds.includes(turnId);
    groups.set(id, {
      signature: id,
      text,
      count: count + 1,
      turnIds: isNew ? [...turnIds, turnId] : turnIds,
    });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
