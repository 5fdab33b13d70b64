import type { Answer, LiveEvent } from '../../provider';
import type { ProbeTurn } from '../../report';
import { isHilError } from '../../errors';
import { msOfSamples } from '../../units';

type Timed = Omit<ProbeTurn, 'turn' | 'prompt' | 'outcome' | 'error' | 'attempts' | 'retried'>;

/** Codes of the attempts that failed, oldest first. */
const failuresIn = (events: readonly LiveEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'error' ? event.code : []));

/** The events of the attempt that counts: those behind the last failure. */
const lastAttempt = (events: readonly LiveEvent[]): readonly LiveEvent[] =>
  events.slice(events.findLastIndex(({ type }) => type === 'error') + 1);

/** Times and counts of an answer, from what happened when. */
function timesOf(events: readonly LiveEvent[], answer: Answer): Timed {
  const at = (pick: (event: LiveEvent) => boolean): number | undefined => events.find(pick)?.hostAtMs;
  const sentAtMs = at(({ type }) => type === 'request');
  const since = (hostAtMs: number | undefined): number | undefined =>
    hostAtMs === undefined || sentAtMs === undefined ? undefined : hostAtMs - sentAtMs;
  const connectedAtMs = at(({ type }) => type === 'connected');
  const tokensAtMs = events.flatMap((event) =>
    event.type === 'token' && event.kind === 'answer' ? event.hostAtMs : [],
  );
  const anyTokenAtMs = at(({ type }) => type === 'token');
  const doneAtMs = at(({ type }) => type === 'done');
  const audio = events.flatMap((event) => (event.type === 'audio' ? event : []));
  const [firstAudio] = audio;
  const arrivalMs = (audio.at(-1)?.hostAtMs ?? 0) - (firstAudio?.hostAtMs ?? 0);
  const generationS =
    doneAtMs === undefined || anyTokenAtMs === undefined ? 0 : (doneAtMs - anyTokenAtMs) / 1000;
  const { answerTokens: tokens, loadMs } = answer.usage ?? {};
  const isSpoken = answer.audioMs > 0;
  // The first packet was there before the time over which the others arrived began.
  const laterAudioMs =
    firstAudio === undefined ? 0 : answer.audioMs - msOfSamples(firstAudio.lengthSamples, firstAudio.rateHz);
  return defined({
    connectMs: connectedAtMs === undefined ? undefined : connectedAtMs - answer.startedAtHostMs,
    firstTokenMs: since(tokensAtMs[0]),
    firstThoughtMs: since(at((event) => event.type === 'first-token' && event.kind === 'reasoning')),
    firstAudioMs: since(firstAudio?.hostAtMs),
    totalMs: since(doneAtMs),
    // Pieces of a transcript keep the pace of the sound that they go with.
    tokenGapsMs: isSpoken
      ? []
      : tokensAtMs.slice(1).map((instant, index) => instant - (tokensAtMs[index] ?? 0)),
    tokens,
    tokensPerS: tokens !== undefined && !isSpoken && generationS > 0 ? tokens / generationS : undefined,
    audioMs: isSpoken ? answer.audioMs : undefined,
    realTimeFactor: arrivalMs > 0 ? laterAudioMs / arrivalMs : undefined,
    characters: answer.text.length,
    loadMs,
  }) as Timed;
}

const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** A turn that was answered. */
export function answeredTurn(
  asked: { readonly turn: number; readonly prompt: string },
  events: readonly LiveEvent[],
  answer: Answer,
): ProbeTurn {
  const failures = failuresIn(events);
  const times = timesOf(lastAttempt(events), answer);
  return { ...asked, outcome: 'answered', attempts: answer.attempts, retried: failures, ...times };
}

/** A turn that failed; our own faults are thrown on. */
export function failedTurn(
  asked: { readonly turn: number; readonly prompt: string },
  events: readonly LiveEvent[],
  thrown: unknown,
): ProbeTurn {
  if (!isHilError(thrown)) throw thrown;
  const { httpStatus, providerCode, attempts } = thrown.facts;
  return {
    ...asked,
    outcome: 'failed',
    error: {
      code: thrown.code,
      message: thrown.message,
      ...(typeof httpStatus === 'number' && { httpStatus }),
      ...(typeof providerCode === 'string' && { providerCode }),
    },
    attempts: typeof attempts === 'number' ? attempts : 1,
    // The last one is the error above.
    retried: failuresIn(events).slice(0, -1),
    tokenGapsMs: [],
  };
}
