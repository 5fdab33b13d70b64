import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav, resampleToPlay, toPcm16, type SpeakerSpan } from '../../audio';
import { countedSpans, selfCheck, type SelfCheck, type TurnMeasurement } from '../../measurement';
import type { SpeechClip, TurnRecord } from '../../ports';
import { gainOfDb } from '../../units';
import type { BoardRecord } from './board-record';
import { exactPlaces, withoutSilence } from './exact-place';
import { exactTruth, type ExactTruth } from './exact-truth';

/** What came of a turn: how far its measure is off, or why nobody can say. */
export interface TurnTruth {
  readonly turnId: string;
  readonly promptId: string;
  /** `promptsWereHeard`: all of them reached the board's microphone bit for bit. Undefined: the turn has no capture. */
  readonly exact: (Omit<ExactTruth, 'truth'> & { readonly promptsWereHeard: boolean }) | undefined;
  /** Undefined: nothing was measured, or the truth was not found. */
  readonly check: SelfCheck | undefined;
  readonly measured: boolean;
}

/** As a rig hands it to its output: at its rate, with the bench's gain, in 16 bits. */
async function asPlayed(clip: SpeechClip, rateHz: number, gainDb: number): Promise<Int16Array> {
  const { channels, rateHz: clipRateHz } = readWav(readFileSync(clip.path));
  const [samples = new Float32Array(0)] = channels;
  const gain = gainOfDb(gainDb);
  const atRate = await resampleToPlay({ samples, rateHz: clipRateHz }, rateHz);
  return toPcm16(atRate.samples.map((sample) => sample * gain)).pcm;
}

/** True when a clip stands somewhere in what the board's microphone delivered. */
function wasHeard(clip: Int16Array, heard: Int16Array): boolean {
  const sound = withoutSilence(clip)?.sound;
  return sound !== undefined && exactPlaces(sound, heard, { atMost: 1 }).length > 0;
}

/** Spans of the replies that the provider sent in this turn. */
function spansOf(
  { replies, providerEvents }: Pick<TurnRecord, 'replies' | 'providerEvents'>,
  spans: readonly SpeakerSpan[],
): readonly SpeakerSpan[] {
  return spans.filter((span) => {
    const asCaptured = { ...span, atRigSample: span.atLinkSample };
    return replies.some(
      ({ itemId, clip }) => countedSpans([asCaptured], providerEvents, itemId, clip.rateHz).length > 0,
    );
  });
}

/**
 * Holds the measure of one turn against what stands in its capture bit for bit.
 * @param runPath - Folder of the run.
 * @param gainDb - Level of the prompt at the rig's output (`turn.playbackGainDb`).
 */
export async function turnTruth(
  runPath: string,
  { record, measurement }: { readonly record: TurnRecord; readonly measurement: TurnMeasurement },
  board: BoardRecord,
  gainDb: number,
): Promise<TurnTruth> {
  const { turnId, prompt, capture, interruption } = record;
  const measured = measurement.measures.voiceToVoice.state === 'measured';
  const about = { turnId, promptId: prompt.id, measured };
  if (capture === undefined) return { ...about, exact: undefined, check: undefined };
  const { channels } = readWav(readFileSync(join(runPath, capture.path)));
  const channel = (role: 'speaker' | 'loopback'): Int16Array =>
    toPcm16(channels[capture.roles.indexOf(role)] ?? new Float32Array(0)).pcm;
  const clips = [prompt, ...(interruption?.playback === undefined ? [] : [interruption.prompt])];
  const prompts = await Promise.all(clips.map((clip) => asPlayed(clip, capture.rateHz, gainDb)));
  const found = exactTruth(
    {
      record,
      speaker: channel('speaker'),
      loopback: channel('loopback'),
      prompts,
      spans: spansOf(record, board.spans),
    },
    board,
  );
  if (found === undefined) return { ...about, exact: undefined, check: undefined };
  const { truth, ...exact } = found;
  const promptsWereHeard = prompts.every((clip) => wasHeard(clip, board.heard));
  return {
    ...about,
    exact: { ...exact, promptsWereHeard },
    check: selfCheck({ ...record, truth }, measurement),
  };
}
