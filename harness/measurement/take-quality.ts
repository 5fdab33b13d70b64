import { clipping, noiseFloorDbFs, type Clipping, type MultiChannelClip } from '../audio';
import type { TurnRecord } from '../ports';
import type { FoundPrompt } from './found-prompt';
import { lagged, lostSound, type Take } from './take';
import type { ReplyCheck } from './turn-measurement';
import type { TurnLevels } from './turn-levels';

/**
 * What on the bench's side speaks against a take. `no-loopback`: the prompt is not where the rig's own playback has to be. `stall`: a
 * process of the bench stood still for too long, or long enough to be why the reply is broken (`HIL_TURN_BENCH_STALLED`).
 * Nothing that the board's sound is like is among them: a clipped, noisy or broken reply may be the firmware's doing.
 */
export type TakeFault = 'no-capture' | 'lag' | 'xrun' | 'no-loopback' | 'stall';

/** What a capture is worth. Levels and clipping describe; only `spoiltBy` decides. */
export interface TakeQuality {
  /** Empty: the take is good. */
  readonly spoiltBy: readonly TakeFault[];
  /** The prompt was found on the channel that carries the playback; undefined: this rig has none. */
  readonly loopbackFound: boolean | undefined;
  /** The prompt over the noise ahead of it, both on its channel, in dB; undefined: not found, or there is no noise. */
  readonly promptSnrDb?: number;
  /** The reply over the noise ahead of the prompt, both on the speaker channel, in dB; undefined: the same. */
  readonly replySnrDb?: number;
  /** Flat tops of each channel, in the order of the capture's roles; empty without a capture. */
  readonly clipping: readonly Clipping[];
  readonly xruns: number;
  /** In all of them; undefined: none, or nobody knows. */
  readonly lostSamples?: number;
}

/** The rig's own part in a take that cannot be used. */
function faultsOf(record: TurnRecord, loopbackFound: boolean | undefined): readonly TakeFault[] {
  const { capture, faults, orderedCrash } = record;
  if (capture === undefined) return ['no-capture'];
  // Of a turn that broke the playback was muted, so its prompt may be anywhere or nowhere.
  const isWhole = faults.length === 0 && orderedCrash?.crash === undefined;
  return [
    ...(lagged(capture) ? (['lag'] as const) : []),
    ...(lostSound(capture) ? (['xrun'] as const) : []),
    ...(isWhole && loopbackFound === false ? (['no-loopback'] as const) : []),
  ];
}

function snrDb(signalDbFs: number | undefined, noiseDbFs: number | undefined): number | undefined {
  return signalDbFs === undefined || noiseDbFs === undefined ? undefined : signalDbFs - noiseDbFs;
}

function replySnrDb(reply: ReplyCheck, { noiseFloorDbFs: noise }: TurnLevels): number | undefined {
  if (reply.state === 'heard') return reply.overFloorDb;
  if (reply.state !== 'found') return undefined;
  return snrDb(reply.quality?.activeLevelDbFs ?? reply.levelDbFs, noise);
}

/**
 * The quality stamp of a turn's capture. A few milliseconds for a capture of 6 s.
 * @param capture - As `record.capture` describes it.
 */
export function takeQuality(
  record: TurnRecord,
  capture: MultiChannelClip | undefined,
  take: Take,
  prompt: FoundPrompt | undefined,
  reply: ReplyCheck,
  levels: TurnLevels,
): TakeQuality {
  const { xruns, overruns = 0 } = record.capture ?? {};
  // Of a take that was not looked at nobody knows.
  const looked = take.state === 'good' && record.topology !== 'timestamps';
  const loopbackFound = looked ? prompt !== undefined : undefined;
  const ofPrompt =
    take.state === 'good' && prompt !== undefined && take.promptChannel !== undefined
      ? snrDb(
          levels.loopbackDbFs,
          noiseFloorDbFs(
            take.promptChannel.samples.subarray(0, Math.max(0, Math.round(prompt.onsetAtSample))),
            take.promptChannel.rateHz,
          ),
        )
      : undefined;
  const ofReply = replySnrDb(reply, levels);
  const known = xruns?.flatMap(({ lostSamples }) => lostSamples ?? []) ?? [];
  return {
    spoiltBy: faultsOf(record, loopbackFound),
    loopbackFound,
    ...(ofPrompt === undefined ? {} : { promptSnrDb: ofPrompt }),
    ...(ofReply === undefined ? {} : { replySnrDb: ofReply }),
    clipping: record.capture === undefined ? [] : (capture?.channels ?? []).map(clipping),
    xruns: Math.max(overruns, xruns?.length ?? 0),
    ...(known.length === 0 ? {} : { lostSamples: known.reduce((sum, count) => sum + count, 0) }),
  };
}
