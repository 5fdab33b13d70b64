import { ProviderError } from '../../../errors';
import type { Corpus, FunctionCall, ProviderFault, Scenario, ScenarioTurn, TurnScript } from '../../../ports';
import { heardNothing, type Heard } from '../../hearing/heard';
import { typedPrompt } from '../../hearing/typed-prompt';
import { Script } from '../../script/script';
import { countTokens, cutTokens } from './tokens';

/** One message of a conversation, whatever its protocol calls it. */
export interface WrittenMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  /** Of a tool's result: which call it answers, where the protocol says so. */
  readonly callId?: string;
}

export interface WrittenQuestion {
  /** Oldest first. */
  readonly messages: readonly WrittenMessage[];
  /** Names of the functions that may be called. */
  readonly tools: readonly string[];
  /** Longest answer; absent: no limit. */
  readonly maxTokens?: number;
  /** The answer ends before the first of these. */
  readonly stop?: readonly string[];
  /** Whether what it ends at still belongs to it. Default: no. */
  readonly keepsStop?: boolean;
}

/** What a mock writes back. */
export interface WrittenAnswer {
  /** The last user message: what is asked; empty when there is none. */
  readonly prompt: string;
  readonly heard: Heard;
  readonly calls: readonly FunctionCall[];
  readonly text: string;
  readonly tokens: readonly string[];
  readonly finish: 'stop' | 'length' | 'tool-calls';
  readonly promptTokens: number;
  /** What the scenario's entry says that goes wrong. Absent: nothing. */
  readonly fault?: ProviderFault;
}

/** Results of functions that came with a question: those behind the last user message. */
export function toolResults(messages: readonly WrittenMessage[]): readonly WrittenMessage[] {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  return messages.slice(asked + 1).filter(({ role }) => role === 'tool');
}

/** Chinese characters: what is typed in them is answered in Chinese. */
const HAN = /\p{Script=Han}/u;
/** How many messages back the language is looked for. */
const RECENT_MESSAGES = 8;

function languageOf(
  messages: readonly WrittenMessage[],
  heardIn: (text: string) => Heard,
): string | undefined {
  const asked = messages.slice(-RECENT_MESSAGES).filter(({ role }) => role === 'user');
  for (const { text } of asked.reverse()) {
    const language = heardIn(text).language ?? (HAN.test(text) ? 'zh' : undefined);
    if (language !== undefined) return language;
  }
  return undefined;
}

/**
 * Finds what a scenario answers to a conversation. All of it is in the request, so nothing is kept from one to the next: the
 * last user message is what is asked; once tool results follow it, the words come that confirm them.
 */
export class Respondent {
  private readonly transcripts = new Map<string, string>();
  private readonly prompts: Parameters<typeof typedPrompt>[0];

  /** @throws ProviderError `HIL_CORPUS_UNKNOWN_CLIP` when the scenario says what the corpus has not. */
  constructor(
    private readonly scenario: Scenario,
    corpus: Corpus,
    private readonly turn: () => TurnScript | undefined,
  ) {
    this.prompts = [...corpus.prompts.values()];
    for (const { utterance, transcript } of corpus.replies.values())
      if (!this.transcripts.has(utterance)) this.transcripts.set(utterance, transcript);
    this.check([scenario.greeting, scenario.unknown, ...scenario.turns.map(({ say }) => say)]);
  }

  /** @throws ProviderError `HIL_CORPUS_UNKNOWN_CLIP` for words that the corpus has not. */
  check(spoken: readonly ScenarioTurn['say'][]): void {
    for (const utterance of spoken.flatMap((words) => Object.values(words ?? {})))
      this.transcriptOf(utterance);
  }

  respond({ messages, tools, maxTokens, stop = [], keepsStop = false }: WrittenQuestion): WrittenAnswer {
    const { charsPerToken } = this.scenario.text;
    const asked = messages.findLastIndex(({ role }) => role === 'user');
    const heard = asked < 0 ? heardNothing : this.heard(messages[asked]?.text ?? '');
    const script = new Script(this.scenario, () => this.turn()?.answer);
    const told = toolResults(messages).length > 0;
    const language = languageOf(messages.slice(0, asked + 1), (text) => this.heard(text));
    const offer = { tools: told ? [] : tools };
    const answer =
      asked < 0
        ? script.carryOn()
        : script.hear({ ...heard, ...(language !== undefined && { language }) }, offer);
    const said = answer.say === undefined ? '' : this.transcriptOf(answer.say);
    const ends = stop.flatMap((mark) => {
      const at = mark === '' ? -1 : said.indexOf(mark);
      return at < 0 ? [] : [keepsStop ? at + mark.length : at];
    });
    const whole = cutTokens(ends.length === 0 ? said : said.slice(0, Math.min(...ends)), charsPerToken);
    const tokens = maxTokens === undefined ? whole : whole.slice(0, maxTokens);
    const cutShort = tokens.length < whole.length;
    return {
      prompt: messages[asked]?.text ?? '',
      heard,
      calls: answer.calls,
      text: tokens.join(''),
      tokens,
      finish: answer.calls.length > 0 ? 'tool-calls' : cutShort ? 'length' : 'stop',
      promptTokens: messages.reduce((sum, { text }) => sum + countTokens(text, charsPerToken), 0),
      ...(answer.fault !== undefined && { fault: answer.fault }),
    };
  }

  private heard(text: string): Heard {
    return typedPrompt(this.prompts, text);
  }

  private transcriptOf(utterance: string): string {
    const transcript = this.transcripts.get(utterance);
    if (transcript !== undefined) return transcript;
    const known = [...this.transcripts.keys()];
    throw new ProviderError(
      'HIL_CORPUS_UNKNOWN_CLIP',
      `The mock is to write "${utterance}", but the corpus has no such reply; it has ${known.join(', ')}.`,
      { utterance, known },
    );
  }
}
