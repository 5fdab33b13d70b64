import type { FunctionCall, ProviderFault, Scenario, ScenarioTurn, Spoken } from '../../ports';
import type { Heard } from '../hearing/heard';

/** What one response holds: function calls, or something said, or neither. */
export interface Answer {
  readonly calls: readonly FunctionCall[];
  /** Utterance of the reply clip; undefined: nothing is said. */
  readonly say: string | undefined;
  /** What goes wrong meanwhile, as the turn's entry says. Absent: nothing. */
  readonly fault?: ProviderFault;
}

/** What the board is able to be asked for in this response. */
export interface Offer {
  /** Names of the functions that the board advertised. */
  readonly tools: readonly string[];
}

type Turn = Omit<ScenarioTurn, 'heard'>;

const nothing: Answer = { calls: [], say: undefined };

/** The utterance for a language: exact tag, then its first part, then the first that the scenario has. */
export function sayIn(spoken: Spoken | undefined, language: string | undefined): string | undefined {
  if (spoken === undefined) return undefined;
  const primary = language?.split('-')[0];
  return spoken[language ?? ''] ?? spoken[primary ?? ''] ?? Object.values(spoken)[0];
}

/**
 * One session's way through a scenario: what was heard decides what is called and said. A turn with calls takes two
 * responses: the calls, then, once every call has its output, what is said.
 */
export class Script {
  private turn: { readonly say: Spoken | undefined; readonly openCalls: Set<string> } | undefined;
  private heardAnything = false;
  private language: string | undefined;

  /** @param override - Asked each time; answers a heard turn in place of the scenario. */
  constructor(
    private readonly scenario: Scenario,
    private readonly override: () => Turn | undefined = () => undefined,
  ) {}

  /**
   * Answers what was heard. Calls that the board does not advertise cannot be made; when none is left the turn's words
   * come at once, so that its latency can still be measured, and `session-updated` shows why no call came.
   */
  hear(heard: Heard, offer: Offer): Answer {
    this.heardAnything = true;
    this.language = heard.language ?? this.language;
    const turn =
      this.override() ??
      this.scenario.turns.find(
        (entry) => heard.utterance !== undefined && entry.heard.includes(heard.utterance),
      );
    if (turn === undefined) {
      this.turn = undefined;
      return { calls: [], say: sayIn(this.scenario.unknown, this.language) };
    }
    const calls = turn.calls.filter((call) => offer.tools.includes(call.name));
    this.turn = { say: turn.say, openCalls: new Set() };
    const { fault } = turn;
    const say = calls.length > 0 ? undefined : this.finish();
    return { calls, say, ...(fault !== undefined && { fault }) };
  }

  /** A call of the turn went out under this id. */
  called(callId: string): void {
    this.turn?.openCalls.add(callId);
  }

  /** The board answered a call. */
  output(callId: string): void {
    this.turn?.openCalls.delete(callId);
  }

  /** Answers a `response.create` that nothing new was heard before. */
  carryOn(): Answer {
    if (this.turn !== undefined) {
      return this.turn.openCalls.size === 0 ? { calls: [], say: this.finish() } : nothing;
    }
    if (this.heardAnything) return nothing;
    return { calls: [], say: sayIn(this.scenario.greeting, this.language) };
  }

  private finish(): string | undefined {
    const say = sayIn(this.turn?.say, this.language);
    this.turn = undefined;
    return say;
  }
}
