import type { PcmClip } from '../../audio';
import { readSpeechClip } from '../../corpus';
import type { Corpus, FunctionCall, SpeechClip } from '../../ports';
import { derivedSeed, seededUniform } from '../../units';
import type { Gap } from '../simulation/playout';
import { spoiled } from '../simulation/spoil';
import type { Spoken } from '../simulation/spoken';
import { syntheticTurn, type SyntheticTurn } from '../simulation/synthetic-turn';
import type { Condition } from './conditions';

/**
 * Active level of replies in the capture. Of -20, -26, -28 and -30 dBFS the one at which a fixed threshold of -35 dBFS fares
 * best at 20 dB SNR; to the other methods the level means nothing.
 */
const REPLY_LEVEL_DBFS = -30;
/** A socket is read within one turn of a quiet event loop. */
const STAMP_LATENESS_MS = 0.15;
const UNDERRUNS = 3;

const lightOn: FunctionCall = { name: 'SetLightState', arguments: { LightState: true } };

/**
 * Utterances that thresholds may be tuned on. They are in no reported turn, and reported utterances are in no turn of the
 * tuning set; the seeds differ too. So no figure comes from a case that a threshold was chosen by.
 */
const TUNING_UTTERANCE = /-(weather|time|greeting)$/;

/** The clips of one of the two sets. */
export interface Cast {
  readonly set: 'reported' | 'tuning';
  readonly prompts: readonly SpeechClip[];
  /** Replies, and prompts in the part of replies: they add voices. */
  readonly replies: readonly SpeechClip[];
}

/** Clips of a corpus that play in the reported turns, or in those that are reserved for tuning. */
export function castOf(corpus: Corpus, set: Cast['set']): Cast {
  const belongs = ({ utterance }: SpeechClip): boolean =>
    TUNING_UTTERANCE.test(utterance) === (set === 'tuning');
  const prompts = [...corpus.prompts.values()].filter(belongs);
  const replies = [...corpus.replies.values()].filter(belongs);
  return {
    set,
    prompts,
    replies: [...replies, ...prompts.map((clip): SpeechClip => ({ ...clip, kind: 'reply' }))],
  };
}

/** One turn of a condition: condition and index name it for good. */
export interface TurnCase {
  readonly condition: Condition;
  readonly index: number;
  readonly seed: number;
  readonly turn: SyntheticTurn;
}

const spoken = (clip: SpeechClip): Spoken => ({ clip, sound: readSpeechClip(clip) });

function gapsOf(kind: 'stall' | 'loss', uniform: () => number): Gap[] {
  return Array.from({ length: UNDERRUNS }, () => ({
    atMs: 50 + 1200 * uniform(),
    lengthMs: 20 + 130 * uniform(),
    losesSound: kind === 'loss',
  }));
}

/** Turn number `index` of a condition: the same for the same clips, whatever else is run. */
export function turnCase(condition: Condition, index: number, cast: Cast): TurnCase {
  const seed = derivedSeed(index, `${cast.set} ${condition.name}`);
  const uniform = seededUniform(derivedSeed(seed, 'cast'));
  const oneOf = (clips: readonly SpeechClip[]): SpeechClip => {
    const clip = clips[Math.floor(uniform() * clips.length)];
    if (clip === undefined)
      throw new RangeError(`No clip of the ${cast.set} set is left for ${condition.name}`);
    return clip;
  };
  const prompt = spoken(oneOf(cast.prompts));
  const others = cast.replies.filter(({ utterance }) => utterance !== prompt.clip.utterance);
  const reply = spoken(oneOf(others));
  // A synthetic voice says the same words with the same waveform: other sounds come from other voices.
  const strangers = others.filter(({ voice }) => voice !== prompt.clip.voice && voice !== reply.clip.voice);
  // ... and other replies from the other language, since all voices of one synthesiser share their hisses.
  const otherReply = spoken(oneOf(strangers.filter(({ language }) => language !== reply.clip.language)));
  const { clipAboveLevelDb, underruns, ...turnConditions } = condition.turn;
  const voices: PcmClip[] = condition.turn.noise === 'babble' ? strangers.map(readSpeechClip) : [];
  const turn = syntheticTurn({
    ...turnConditions,
    seed,
    prompt,
    reply,
    voices,
    calls: index % 2 === 0 ? [lightOn] : [],
    replyLevelDbFs: REPLY_LEVEL_DBFS,
    stampLatenessMs: STAMP_LATENESS_MS,
    ...(clipAboveLevelDb === undefined ? {} : { clipAt: 10 ** ((REPLY_LEVEL_DBFS + clipAboveLevelDb) / 20) }),
    ...(underruns === undefined ? {} : { gap: gapsOf(underruns, uniform) }),
  });
  const { spoiling } = condition;
  return {
    condition,
    index,
    seed,
    turn: spoiling === undefined ? turn : spoiled(turn, spoiling, { uniform, otherReply }),
  };
}
