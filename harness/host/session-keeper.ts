import type { OpenBench } from '../bench';
import {
  advertisedIn,
  sessionTakenAway,
  settle,
  type SpeakerWatch,
  type TurnBench,
  type TurnTiming,
} from '../turn';
import { isHilError, ProviderError } from '../errors';
import { sessionEnd, type BoardEvent, type ProviderEvent } from '../ports';
import { msOfSamples } from '../units';
import { Attempts } from './attempts';
import { despiteProvider } from './deviations';
import type { SessionResult } from './rpc/protocol';

/** What the board says that makes its session unfit for a turn. */
const spoiling: ReadonlySet<BoardEvent['type']> = new Set([
  'fault',
  'session-ended',
  'network-lost',
  'media-lost',
  'boot',
  'console-gap',
]);

/** Errors by which a service refuses a session whatever the board asks for; others answer a request that was not good. */
const REFUSALS = /api.?key|expired|server|internal|rate.?limit|quota|overload|unavailable/i;

/** What kept a session from opening: the service's own refusal or deviation where its log holds one, whatever the board made of it. */
function unlessRefused(cause: unknown, board: string, events: readonly ProviderEvent[]): unknown {
  if (!isHilError(cause) || cause.code !== 'HIL_BOARD_SESSION_TIMEOUT') return cause;
  const refusal = events.findLast((event) => event.type === 'error' && REFUSALS.test(event.code));
  if (refusal?.type !== 'error') return despiteProvider(cause, board, events);
  const { code, message } = refusal;
  return new ProviderError(
    'HIL_PROVIDER_SESSION_FAILED',
    `The provider refused board ${board} a session (${code}): ${message}`,
    { board, code, message },
    { cause },
  );
}

/** Opens sessions, counts them, and knows whether the current one can take a turn. */
export class SessionKeeper {
  private sessions = 0;
  private turns = 0;
  private usable = false;
  private firstSeq = 0;
  /** First event of the provider that may be of the session which the board opens by itself. */
  private spoiltSeq = 0;
  /** It was told to end its session, and has not begun another since. */
  private silent = false;
  private readonly attempts = new Attempts();

  constructor(
    private readonly bench: OpenBench,
    private readonly turnBench: TurnBench,
    private readonly watch: SpeakerWatch,
    private readonly timing: TurnTiming,
  ) {
    bench.board.onEvent((event) => {
      if (spoiling.has(event.type)) this.usable = false;
      if (event.type === 'boot' || event.type === 'session-ready') this.silent = false;
    });
  }

  get session(): number {
    return this.sessions;
  }

  /** First event of this session in the provider's log. */
  get sessionSeq(): number {
    return this.firstSeq;
  }

  /** Number of the next turn within the session, from 1. */
  countTurn(): number {
    this.turns += 1;
    return this.turns;
  }

  /** The next turn needs a new session. */
  spoil(): void {
    this.usable = false;
    this.spoiltSeq = this.bench.provider.events.length;
  }

  /**
   * Has the board say nothing more: by ending its session where it reads commands, which it then does not listen in either; else by
   * waiting until it has talked to its end. One that was reset is on its way into a session, which it begins with a greeting.
   * @throws HilError of the part that broke; what `settle` throws.
   */
  async hush(): Promise<void> {
    if (this.silent) return;
    const { board } = this.bench;
    const { capabilities } = board.dialect;
    const isComing = !this.usable;
    if (isComing) await board.startSession();
    if (capabilities.includes('session-commands')) {
      await board.stopSession();
      this.usable = false;
      this.silent = true;
      return;
    }
    const greetingDue = isComing && capabilities.includes('greeting');
    await settle(this.turnBench, this.watch, this.timing, { greetingDue, fromSeq: this.spoiltSeq });
  }

  /** Opens a session unless the current one is fit for a turn. That it has ended not every firmware says. */
  async ensure(): Promise<void> {
    const ended = sessionEnd(this.bench.provider.events.slice(this.firstSeq));
    if (!this.usable || ended !== undefined) await this.open();
  }

  /**
   * Resets the board, waits for its session and lets the greeting end.
   * @throws HilError of the part that broke; `HIL_PROVIDER_SESSION_FAILED` where the provider refused the session or has ended it.
   */
  async open(): Promise<SessionResult> {
    return this.attempts.make(() => this.tryToOpen());
  }

  /** The provider has ended this session. */
  private get takenAway(): ProviderError | undefined {
    const { board, provider } = this.bench;
    return sessionTakenAway(board.name, provider.events.slice(this.firstSeq));
  }

  private async tryToOpen(): Promise<SessionResult> {
    const { board, provider, crashes } = this.bench;
    await crashes.settled();
    const firstLine = board.console.cursor();
    const firstEvent = board.events.length;
    this.usable = false;
    this.silent = false;
    this.firstSeq = provider.events.length;
    this.sessions += 1;
    this.turns = 0;
    await board.reset();
    this.watch.restart();
    await board.startSession().catch((cause: unknown) => {
      throw unlessRefused(cause, board.name, provider.events.slice(this.firstSeq));
    });
    const greetingDue = board.dialect.capabilities.includes('greeting');
    await settle(this.turnBench, this.watch, this.timing, { greetingDue, fromSeq: this.firstSeq });
    // In its greeting, say: a prompt that is played into no session is not heard, which would be held against the board.
    if (this.takenAway !== undefined) throw this.takenAway;
    this.usable = true;
    const asked = provider.events.slice(this.firstSeq);
    const greetingSentMs = asked.reduce(
      (sum, event) =>
        event.type === 'audio-out' ? sum + msOfSamples(event.lengthSamples, event.rateHz) : sum,
      0,
    );
    return {
      session: this.sessions,
      firmware: board.firmware,
      tools: advertisedIn(asked, board.events) ?? [],
      greeting: board.events
        .slice(firstEvent)
        .flatMap((event) => (event.type === 'transcript' ? [event.text] : [])),
      greetingAsked: asked.some((event) => event.type === 'response-started'),
      greetingSentMs,
      greetingSoundMs: this.watch.soundMs,
      firstLine,
    };
  }
}
