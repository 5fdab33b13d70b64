import { rmSync, statSync } from 'node:fs';
import { isTextTurn, type MeasuredTurn } from '../measurement';
import type { BoardEvent, ProviderEvent } from '../ports';
import type { ConsoleSink, LetGo, RunStore } from '../run';

/** Turns at the beginning that are kept whole in any case: what the board was like when it was fresh. */
const FIRST_KEPT = 10;
/** Sound of the turns that are kept, at most: 2000 turns of 2 MB. */
const MOST_SOUND_BYTES = 4 * 2 ** 30;
/** Of a console's logs, beside their earlier part of about as much: an hour and a half of a UART of 115 200 baud that is never silent. */
const MOST_CONSOLE_BYTES = 256 * 2 ** 20;
/** Events that wait for the end of their turn; a board that says more says it too often. */
const MOST_WAITING = 2_000;

/** What a soak is judged by, or what ends sessions: in the journal at once and for good, whatever becomes of its turn. */
const lasting: ReadonlySet<BoardEvent['type'] | ProviderEvent['type']> = new Set([
  'heap',
  'tasks',
  'boot',
  'boot-ended',
  'session-ready',
  'session-ended',
  'session-open',
  'session-closed',
  'media-lost',
  'network-lost',
  'fault',
  'firmware',
  'generation',
  'reset-step',
  'console-gap',
  'reader-failed',
  'markers-lost',
  'complaint',
] as (BoardEvent['type'] | ProviderEvent['type'])[]);

interface Waiting {
  readonly kind: 'board' | 'provider';
  readonly data: Readonly<Record<string, unknown>> & { readonly hostAtMs: number };
}

/** Files of a turn, relative to the run. */
function soundsOf({ record }: MeasuredTurn): readonly string[] {
  if (record.kind === 'text') return [];
  const { capture, received, replies } = record;
  return [capture, received, ...replies].flatMap((sound) => sound?.path ?? []);
}

/** What a turn comes to without its evidence: how it ended and what it measured. */
function slim(turn: MeasuredTurn): MeasuredTurn {
  const bare = { letGo: true, consoleLines: [], boardEvents: [], providerEvents: [] } as const;
  if (isTextTurn(turn)) return { ...turn, record: { ...turn.record, ...bare } };
  return {
    ...turn,
    record: {
      ...turn.record,
      ...bare,
      clockLines: [],
      clockMarkers: [],
      capture: undefined,
      received: undefined,
      replies: [],
      truth: undefined,
    },
  };
}

type Store = Pick<RunStore, 'appendTurn' | 'appendEvent' | 'pathOf' | 'update' | 'record'>;

/**
 * Stores turns and what board and provider say of them; in a run for hours so much of it that the disk lasts: the first turns, one of so
 * many, and every turn in which anything was found wrong are kept whole; of the others there are outcome and measures. The sound of the
 * oldest goes when there is too much. What was let go is counted in `run.json`.
 */
export class TurnKeeping {
  private taken = 0;
  private soundBytes = 0;
  private readonly kept: {
    readonly turnId: string;
    readonly paths: readonly string[];
    readonly bytes: number;
    readonly isGood: boolean;
  }[] = [];
  private waiting: Waiting[] = [];
  private turnEnded = (): void => undefined;
  private letGo: Omit<LetGo, 'rule'> = { turns: 0, soundBytes: 0, consoleBytes: 0 };

  /**
   * @param every - One of so many good turns is kept whole; 1: all of them are, and nothing is ever let go.
   * @param mostSoundBytes - Of turns that are kept.
   */
  constructor(
    private readonly store: Store,
    private readonly every: number,
    private readonly mostSoundBytes = MOST_SOUND_BYTES,
  ) {}

  /** Calls back behind each turn. */
  onTurn(listener: () => void): void {
    this.turnEnded = listener;
  }

  /** Between two turns: lets the oldest of a console go where it has become too long; nothing in an ordinary run. */
  trimConsole(sink: Pick<ConsoleSink, 'keepNewest'>): void {
    if (this.every <= 1) return;
    const goneBytes = sink.keepNewest(MOST_CONSOLE_BYTES);
    if (goneBytes === 0) return;
    this.letGo = { ...this.letGo, consoleBytes: this.letGo.consoleBytes + goneBytes };
    // At once: of a run that is killed, nothing else says that its console does not begin with its first line.
    this.tell();
  }

  /** What board or provider said. */
  event(kind: Waiting['kind'], data: Waiting['data'] & { readonly type: string }): void {
    if (this.every <= 1 || lasting.has(data.type as BoardEvent['type'])) {
      this.store.appendEvent(kind, data);
      return;
    }
    this.waiting.push({ kind, data });
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
  }

  /** @returns Whether the turn is kept whole. @throws RunError as `appendTurn` of the store. */
  async append(turn: MeasuredTurn, isGood: boolean): Promise<boolean> {
    this.turnEnded();
    if (this.every <= 1) {
      await this.store.appendTurn(turn);
      return true;
    }
    this.taken += 1;
    const isKept = !isGood || this.taken <= FIRST_KEPT || this.taken % this.every === 0;
    const paths = soundsOf(turn).map((path) => this.store.pathOf(path));
    const bytes = paths.reduce(
      (sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    if (isKept) {
      this.flush();
      await this.store.appendTurn(turn);
      if (paths.length > 0) this.kept.push({ turnId: turn.record.turnId, paths, bytes, isGood });
      this.soundBytes += bytes;
      this.rotate(turn.record.endedAtHostMs);
      return true;
    }
    this.waiting = [];
    // Its line first: a process that is killed in between leaves a file too many, never a line that has none.
    await this.store.appendTurn(slim(turn));
    for (const path of paths) rmSync(path, { force: true });
    this.letGo = { ...this.letGo, turns: this.letGo.turns + 1, soundBytes: this.letGo.soundBytes + bytes };
    return false;
  }

  /** What was let go so far, into `run.json`: now and then, and at the end. */
  tell(): void {
    const { soak } = this.store.record;
    if (soak === undefined || Object.values(this.letGo).every((count) => count === 0)) return;
    const rule = `kept whole: the first ${FIRST_KEPT} turns, one of ${this.every}, and each in which anything was found wrong; of the others outcome and measures`;
    this.store.update({ soak: { ...soak, letGo: { rule, ...this.letGo } } });
  }

  /** The events of a turn that never ended. */
  close(): void {
    this.flush();
    this.tell();
  }

  private flush(): void {
    for (const { kind, data } of this.waiting) this.store.appendEvent(kind, data);
    this.waiting = [];
  }

  /** The oldest good turns lose their sound first. */
  private rotate(hostAtMs: number): void {
    while (this.soundBytes > this.mostSoundBytes && this.kept.length > 1) {
      const oldestGood = this.kept.findIndex(({ isGood }) => isGood);
      const [gone] = this.kept.splice(Math.max(0, oldestGood), 1);
      if (gone === undefined) return;
      // Its event first, for the same reason.
      this.store.appendEvent('sound-let-go', { hostAtMs, turnId: gone.turnId });
      for (const path of gone.paths) rmSync(path, { force: true });
      this.soundBytes -= gone.bytes;
      this.letGo = { ...this.letGo, soundBytes: this.letGo.soundBytes + gone.bytes };
    }
  }
}
