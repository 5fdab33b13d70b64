import { readSpeechClip } from '../../corpus';
import { measureTurn } from '../../measurement';
import type { Corpus, SpeechClip } from '../../ports';
import type { Trial } from '../accuracy/statistics';
import { derivedSeed, seededUniform } from '../../units';
import type { Room } from '../simulation/mixing';
import type { Spoken } from '../simulation/spoken';
import { syntheticTurn } from '../simulation/synthetic-turn';
import { stopIn, type StopKind } from './stops';

/** Reply that was stopped: what the speaker channel is like, and what the board was saying. */
export interface BargeInCondition {
  readonly name: string;
  readonly room: Room | undefined;
  readonly snrDb: number;
  readonly bleedDb: number;
  readonly stop: StopKind;
  readonly opus: boolean;
}

/** What came of one trial. Plain data: it crosses threads and goes into JSON. */
export interface BargeInResult extends Trial {
  readonly condition: string;
  readonly index: number;
}

/** A reply is interrupted so long after its first speech. */
const INTERRUPTED_AFTER_MS = { least: 400, spread: 300 } as const;
/** A board stops so long after the interrupting prompt's onset. */
const STOPS_AFTER_MS = { least: 80, spread: 420 } as const;
/** A reply that was about to end is not judged. */
const LEAVE_MS = 200;
const STOPS: readonly StopKind[] = ['word', 'pause', 'vowel'];
const ROOMS = [200, 300, 600].flatMap((rt60Ms) =>
  [6, 0, -6].map((directToReverberantDb) => ({ rt60Ms, directToReverberantDb })),
);
const SNRS_DB = [40, 20, 10] as const;
const BLEEDS_DB = [-20, -30, -40] as const;

/** Every room at every SNR, bleed and kind of place. */
export const bargeInConditions: readonly BargeInCondition[] = [undefined, ...ROOMS].flatMap((room) =>
  SNRS_DB.flatMap((snrDb) =>
    STOPS.map((stop, n): BargeInCondition => {
      const bleedDb = BLEEDS_DB[(n + SNRS_DB.indexOf(snrDb)) % 3] ?? -30;
      const where = room === undefined ? 'dry' : `rt60-${room.rt60Ms}/drr${room.directToReverberantDb}`;
      const name = `${where}/snr${snrDb}/bleed${bleedDb}/${stop}`;
      return { name, room, snrDb, bleedDb, stop, opus: false };
    }),
  ),
);

const spoken = (clip: SpeechClip): Spoken => ({ clip, sound: readSpeechClip(clip) });

/** One trial, the same for the same condition, index and clips. The truth is counted, and taken off the record first. */
export async function tryBargeIn(
  condition: BargeInCondition,
  index: number,
  corpus: Corpus,
  set: 'reported' | 'tuning' = 'reported',
): Promise<BargeInResult> {
  const seed = derivedSeed(index, `barge-in ${set} ${condition.name}`);
  const uniform = seededUniform(seed);
  const oneOf = <T>(all: readonly T[]): T => {
    const one = all[Math.floor(uniform() * all.length)];
    if (one === undefined) throw new RangeError('the corpus has no clips');
    return one;
  };
  const prompts = [...corpus.prompts.values()];
  const prompt = spoken(oneOf(prompts));
  const interrupting = spoken(oneOf(prompts));
  const interruptedAfterMs = INTERRUPTED_AFTER_MS.least + INTERRUPTED_AFTER_MS.spread * uniform();
  for (;;) {
    const reply = spoken(oneOf([...corpus.replies.values()]));
    const afterMs = INTERRUPTED_AFTER_MS.least + STOPS_AFTER_MS.least;
    const cutAtMs = stopIn(condition.stop, reply, { afterMs, leaveMs: LEAVE_MS, uniform });
    if (cutAtMs === undefined) continue;
    const onsetMs = (reply.clip.onsetSample * 1000) / reply.clip.rateHz;
    const atMs = Math.max(
      onsetMs + INTERRUPTED_AFTER_MS.least,
      Math.min(onsetMs + interruptedAfterMs, cutAtMs - STOPS_AFTER_MS.least),
      cutAtMs - STOPS_AFTER_MS.least - STOPS_AFTER_MS.spread * uniform(),
    );
    const { record, sound, truth } = syntheticTurn({
      seed,
      prompt,
      reply,
      snrDb: condition.snrDb,
      ...(condition.room === undefined ? {} : { room: condition.room }),
      bleedDb: condition.bleedDb,
      opus: { reply: condition.opus, uplink: false },
      boardPpm: 200 * uniform() - 100,
      cutAtMs,
      interruption: { prompt: interrupting, atMs },
    });
    const { bargeInStop } = (await measureTurn({ ...record, truth: undefined }, sound)).measures;
    return {
      condition: condition.name,
      index,
      truthMs: truth.bargeInStop,
      estimate:
        bargeInStop.state === 'measured'
          ? { valueMs: bargeInStop.valueMs, uncertaintyMs: bargeInStop.uncertaintyMs }
          : { reason: bargeInStop.reason },
    };
  }
}
