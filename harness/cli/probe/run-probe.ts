import { isHilError } from '../../errors';
import type { LiveClient, LiveEvent, Question } from '../../provider';
import type { ProbeTurn } from '../../report';
import { answeredTurn, failedTurn } from './turn-figures';

export interface ProbeQuestion {
  /** Id of the prompt, or the text itself. */
  readonly prompt: string;
  readonly question: Question;
}

/** A client under the name that the table has for it. */
export interface ProbeClient {
  readonly name: string;
  readonly client: LiveClient;
}

export interface ProbePlan {
  readonly clients: readonly ProbeClient[];
  /** Asked in turn, from the first again once all were. */
  readonly questions: readonly ProbeQuestion[];
  readonly turns: number;
  /** Questions that one provider has open at a time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Called after each turn. */
  readonly onTurn: (name: string, turn: ProbeTurn) => void;
}

/** What was asked, by the provider's name in the table. */
export interface ProbedTurns {
  readonly turns: ReadonlyMap<string, readonly ProbeTurn[]>;
  readonly stopped: 'interrupted' | 'spend-cap' | undefined;
}

/** Failures that say that the question was not asked, or not to the end, by our own decision. */
const ownStops: Readonly<Record<string, ProbedTurns['stopped']>> = {
  HIL_PROVIDER_CANCELLED: 'interrupted',
  HIL_PROVIDER_SPEND_CAP: 'spend-cap',
};

/**
 * Asks every provider as often as planned, round by round: a few questions to the first, then as many to the second, so that
 * all are measured under the same conditions and none while another one loads this machine.
 */
export async function runProbe(plan: ProbePlan): Promise<ProbedTurns> {
  const { clients, questions, turns, concurrency, signal, onTurn } = plan;
  const asked = new Map<string, ProbeTurn[]>(clients.map(({ name }) => [name, []]));
  const end: { stopped: ProbedTurns['stopped'] } = { stopped: undefined };
  const goesOn = (): boolean => end.stopped === undefined;

  const ask = async ({ name, client }: ProbeClient, number: number): Promise<void> => {
    const { prompt, question } = questions[(number - 1) % questions.length] as ProbeQuestion;
    const events: LiveEvent[] = [];
    const onEvent = (event: LiveEvent): void => void events.push(event);
    let turn: ProbeTurn;
    try {
      const answer = await client.ask(question, { signal, onEvent });
      turn = answeredTurn({ turn: number, prompt }, events, answer);
    } catch (thrown) {
      const stop = isHilError(thrown) ? ownStops[thrown.code] : undefined;
      if (stop !== undefined) {
        end.stopped ??= stop;
        return;
      }
      turn = failedTurn({ turn: number, prompt }, events, thrown);
    }
    asked.get(name)?.push(turn);
    onTurn(name, turn);
  };

  for (let first = 1; first <= turns && goesOn(); first += concurrency) {
    for (const client of clients) {
      if (!goesOn()) break;
      const numbers = Array.from({ length: Math.min(concurrency, turns - first + 1) }, (_, at) => first + at);
      await Promise.all(numbers.map((number) => ask(client, number)));
    }
  }
  return { turns: asked, stopped: end.stopped };
}
