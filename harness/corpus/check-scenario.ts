import { didYouMean } from '../config';
import { ConfigError } from '../errors';
import type { Corpus, Scenario, SpeechClip, Spoken } from '../ports';

/** What an utterance is in the corpus: its language, and whether the mock's ears know it. */
type Utterances = ReadonlyMap<string, Pick<SpeechClip, 'language' | 'recognisable'>>;

/**
 * Nothing, if everything that a scenario hears and says is in the corpus: what is heard is a recognisable prompt, what
 * is said is a reply in the language it stands under, and every language that is heard has an answer.
 * @param path - Of the scenario file, for messages.
 * @throws ConfigError `HIL_CORPUS_UNKNOWN_CLIP` naming file, key and the nearest utterances; all problems in the facts.
 */
export function checkScenario(scenario: Scenario, corpus: Corpus, path = scenario.name): void {
  const prompts = utterancesOf(corpus.prompts);
  const replies = utterancesOf(corpus.replies);
  const problems = [
    ...spokenProblems(scenario.greeting, 'greeting', replies),
    ...spokenProblems(scenario.unknown, 'unknown', replies),
    ...scenario.turns.flatMap(({ heard, say }, index) => [
      ...heard.flatMap((utterance, position) =>
        heardProblems(utterance, say, `turns[${index}].heard[${position}]`, prompts),
      ),
      ...spokenProblems(say, `turns[${index}].say`, replies),
    ]),
  ];
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  throw new ConfigError('HIL_CORPUS_UNKNOWN_CLIP', `${path}: ${first}${more}.`, { path, problems });
}

const utterancesOf = (clips: ReadonlyMap<string, SpeechClip>): Utterances =>
  new Map([...clips.values()].map((clip) => [clip.utterance, clip]));

function heardProblems(
  utterance: string,
  say: Spoken | undefined,
  key: string,
  prompts: Utterances,
): readonly string[] {
  const prompt = prompts.get(utterance);
  if (prompt === undefined) {
    return [`${key} is ${utterance}; no prompt says that${didYouMean(utterance, prompts.keys())}`];
  }
  if (prompt.recognisable === false) {
    return [`${key} is ${utterance}; that prompt is not recognisable, so it is never heard`];
  }
  if (say !== undefined && !(prompt.language in say)) {
    return [`${key} is ${utterance}; its language ${prompt.language} has no entry in say`];
  }
  return [];
}

const spokenProblems = (spoken: Spoken | undefined, key: string, replies: Utterances): readonly string[] =>
  Object.entries(spoken ?? {}).flatMap(([language, utterance]) => {
    const reply = replies.get(utterance);
    if (reply === undefined) {
      return [
        `${key}.${language} is ${utterance}; no reply says that${didYouMean(utterance, replies.keys())}`,
      ];
    }
    if (reply.language === language) return [];
    return [`${key}.${language} is ${utterance}; that reply is in the language ${reply.language}`];
  });
