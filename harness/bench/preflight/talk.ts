import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  locate,
  noiseFloorDbFs,
  readWav,
  resample,
  rmsDbFs,
  SearchableSound,
  type PcmClip,
} from '../../audio';
import { readSpeechClip } from '../../corpus';
import { RigError } from '../../errors';
import type {
  AudioRig,
  CaptureSlice,
  ChannelRole,
  Clock,
  EventSequence,
  ProviderEvent,
  SpeechClip,
  VoiceProvider,
} from '../../ports';
import { samplesIn } from '../../units';
import type { BenchParts } from '../bench-parts';
import { pause } from './pause';

/** Speech of a reply that is looked for on the speaker channel: enough to be sure of it. */
const REPLY_ANCHOR_MS = 1_000;
/** Firmware with a greeting asks for it as soon as its session is open. */
const GREETING_WITHIN_MS = 3_000;
/** Sound leaves the speaker this much later than it was sent, at the latest. */
const PLAYOUT_ALLOWANCE_MS = 400;
/** The provider has decided that the user stopped, and has recognised what was said. */
const HEARD_WITHIN_MS = 2_500;
/** The reply to what was heard has begun, as far as mocks and the fixtures' scenarios go. */
const REPLY_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 20;
/** Stands for digital silence, whose level is no number. */
const DIGITAL_SILENCE_DBFS = -120;

/** What became of one short prompt, and of what the board said before and after it. Levels in dBFS, at most 0. */
export interface Talk {
  readonly prompt: Pick<SpeechClip, 'id' | 'utterance'>;
  /** What the provider took it for; undefined: it decided that nobody had spoken. `utterance` undefined: speech that it does not know. */
  readonly heard: { readonly utterance: string | undefined; readonly confidence: number } | undefined;
  /** The sound that came to the provider while the prompt was played; undefined: none came. */
  readonly received: { readonly levelDbFs: number; readonly hasPrompt: boolean } | undefined;
  /** The prompt on the channel that carries the playback; undefined: the rig has none. */
  readonly onLoopback: boolean | undefined;
  /** The prompt on the speaker channel: it was in the room, and the rig hears. */
  readonly asBleed: boolean;
  /** The first reply that was sent while the rig listened; undefined: none was. */
  readonly reply: SpokenReply | undefined;
}

export interface SpokenReply {
  readonly id: string;
  readonly isFound: boolean;
  /** Of the speaker channel while it was due. */
  readonly levelDbFs: number;
  readonly noiseFloorDbFs: number;
}

export interface TalkOptions {
  readonly parts: BenchParts;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Of the prompt at the rig's output. */
  readonly gainDb: number;
}

/**
 * Says one short prompt to a board whose session is open, once its greeting is over, and tells what the provider heard and what the rig
 * captured. Waits for a reply only when no greeting was found on the speaker channel.
 * @throws HilError of the part that broke; RigError `HIL_RIG_UNAVAILABLE` for a board that is asked in writing.
 */
export async function talkToBoard({ parts, clock, signal, gainDb }: TalkOptions): Promise<Talk> {
  const provider = await parts.provider();
  const rig = await parts.rig();
  if (rig === undefined)
    throw new RigError('HIL_RIG_UNAVAILABLE', `Board ${parts.boardConfig.name} is asked in writing.`);
  const waiting: Waiting = { provider, rig, clock, signal };
  if (parts.dialect.capabilities.includes('greeting'))
    await until(waiting, GREETING_WITHIN_MS, () => provider.events.some(({ type }) => type === 'audio-out'));
  await silenceOf(waiting);

  const prompt = shortPrompt(parts);
  const sound = await atRate(readSpeechClip(prompt), rig.rateHz);
  const firstSeq = provider.events.length;
  const askedAtMs = clock.nowMs();
  const { startedAtRigSample, lengthSamples } = await rig.play(sound, { gainDb });
  const from = startedAtRigSample;
  await rig.capture(from, from + lengthSamples + samplesIn(100, rig.rateHz));
  const heardOf = () => provider.events.slice(firstSeq).find((event) => event.type === 'heard');
  await until(waiting, HEARD_WITHIN_MS, () => heardOf() !== undefined);

  const greeting = await replyIn(waiting, parts, 0);
  let reply = greeting;
  if (greeting?.isFound !== true && heardOf() !== undefined) {
    const spoken = (): boolean => provider.events.slice(firstSeq).some(({ type }) => type === 'audio-out');
    await until(waiting, REPLY_WITHIN_MS, spoken);
    await silenceOf(waiting);
    reply = (await replyIn(waiting, parts, firstSeq)) ?? greeting;
  }
  const slice = await rig.capture(Math.max(0, from - samplesIn(100, rig.rateHz)), rig.position);
  const has = (role: ChannelRole): boolean => {
    const channel = channelOf(slice, role);
    return channel !== undefined && isIn(channel, slice.rateHz, sound.samples);
  };
  const heard = heardOf();
  return {
    prompt,
    heard: heard?.type === 'heard' ? { utterance: heard.utterance, confidence: heard.confidence } : undefined,
    received: await receivedSound(
      provider,
      firstSeq,
      { fromHostAtMs: askedAtMs, toHostAtMs: clock.nowMs() },
      prompt,
    ),
    onLoopback: rig.roles.includes('loopback') ? has('loopback') : undefined,
    asBleed: has('speaker'),
    reply,
  };
}

interface Waiting {
  readonly provider: VoiceProvider;
  readonly rig: AudioRig;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves when it holds, when the time is over, or when the check is. */
async function until({ clock, signal }: Waiting, withinMs: number, holds: () => boolean): Promise<void> {
  const endsAtMs = clock.nowMs() + withinMs;
  while (!holds() && !signal.aborted && clock.nowMs() < endsAtMs) await pause(clock, LOOK_EVERY_MS, signal);
}

/** Resolves once everything that was sent has had time to be played. */
const silenceOf = (waiting: Waiting): Promise<void> =>
  until(waiting, Infinity, () => {
    const { provider, clock } = waiting;
    const { responding, endsAtMs } = playoutOf(provider.events);
    return !responding && clock.nowMs() >= endsAtMs + PLAYOUT_ALLOWANCE_MS;
  });

/** Whether something is being sent, and when what was sent has been played at the earliest; -Infinity: nothing was. */
export function playoutOf(events: EventSequence<ProviderEvent>): {
  readonly responding: boolean;
  readonly endsAtMs: number;
} {
  const open = new Set<string>();
  const items = new Map<string, { readonly firstAtMs: number; lengthMs: number }>();
  for (const event of events) {
    if (event.type === 'response-started') open.add(event.responseId);
    if (event.type === 'response-done') open.delete(event.responseId);
    if (event.type === 'session-closed') open.clear();
    if (event.type !== 'audio-out') continue;
    const item = items.get(event.itemId) ?? { firstAtMs: event.hostAtMs, lengthMs: 0 };
    item.lengthMs += (event.lengthSamples * 1000) / event.rateHz;
    items.set(event.itemId, item);
  }
  let endsAtMs = -Infinity;
  for (const { firstAtMs, lengthMs } of items.values()) endsAtMs = Math.max(endsAtMs, firstAtMs) + lengthMs;
  return { responding: open.size > 0, endsAtMs };
}

/** The shortest prompt that the scenario answers: the doctor is in a hurry. */
function shortPrompt({ corpus, scenario }: BenchParts): SpeechClip {
  const known = new Set(scenario.turns.flatMap(({ heard }) => heard));
  const seconds = ({ lengthSamples, rateHz }: SpeechClip): number => lengthSamples / rateHz;
  const [shortest] = [...corpus.prompts.values()]
    .filter(({ utterance, recognisable }) => recognisable !== false && known.has(utterance))
    .sort((a, b) => seconds(a) - seconds(b));
  if (shortest !== undefined) return shortest;
  throw new RigError('HIL_RIG_UNAVAILABLE', 'The corpus has no prompt that the scenario answers.');
}

const atRate = (clip: PcmClip, rateHz: number): Promise<PcmClip> =>
  clip.rateHz === rateHz ? Promise.resolve(clip) : resample(clip, rateHz);

const channelOf = ({ channels, roles }: CaptureSlice, role: ChannelRole): Float32Array | undefined =>
  channels[roles.indexOf(role)];

const isIn = (sound: Float32Array, rateHz: number, reference: Float32Array): boolean =>
  locate(new SearchableSound(sound, rateHz), reference).state === 'found';

const levelOf = (samples: Float32Array): number =>
  Math.max(DIGITAL_SILENCE_DBFS, rmsDbFs(samples) ?? DIGITAL_SILENCE_DBFS);

/** The first reply that was sent, from an event on, while the rig listened. */
async function replyIn(
  { provider, rig }: Waiting,
  { corpus }: BenchParts,
  fromSeq: number,
): Promise<SpokenReply | undefined> {
  const slice = await rig.capture(0, rig.position);
  const speaker = channelOf(slice, 'speaker');
  const [first] = slice.clockPoints;
  if (speaker === undefined || first === undefined) return undefined;
  const sent = provider.events
    .slice(fromSeq)
    .find((event) => event.type === 'audio-out' && event.hostAtMs >= first.hostAtMs);
  if (sent?.type !== 'audio-out') return undefined;
  const begins = slice.clockPoints.find(({ hostAtMs }) => hostAtMs >= sent.hostAtMs)?.rigSample ?? 0;
  const { endsAtMs } = playoutOf(
    provider.events.filter((event) => event.type !== 'audio-out' || event.itemId === sent.itemId),
  );
  const dueSamples = samplesIn(endsAtMs - sent.hostAtMs + PLAYOUT_ALLOWANCE_MS, rig.rateHz);
  const start = Math.max(0, begins - slice.firstRigSample);
  const due = speaker.subarray(start, start + dueSamples);
  const clip = corpus.replies.get(sent.replyId);
  return {
    id: sent.replyId,
    isFound: clip !== undefined && isIn(due, rig.rateHz, await anchorOf(clip, rig.rateHz)),
    levelDbFs: levelOf(due),
    noiseFloorDbFs: noiseFloorDbFs(speaker, rig.rateHz) ?? DIGITAL_SILENCE_DBFS,
  };
}

/** The beginning of a reply's speech. */
async function anchorOf(clip: SpeechClip, rateHz: number): Promise<Float32Array> {
  const { samples, rateHz: clipRateHz } = readSpeechClip(clip);
  const speech = samples.subarray(
    clip.onsetSample,
    clip.onsetSample + samplesIn(REPLY_ANCHOR_MS, clipRateHz),
  );
  return (await atRate({ samples: speech, rateHz: clipRateHz }, rateHz)).samples;
}

async function receivedSound(
  provider: VoiceProvider,
  firstSeq: number,
  window: { readonly fromHostAtMs: number; readonly toHostAtMs: number },
  prompt: SpeechClip,
): Promise<Talk['received']> {
  const used = provider.events.slice(firstSeq).find(({ sessionId }) => sessionId !== undefined);
  const opened = provider.events.findLast(({ type }) => type === 'session-open');
  const sessionId = (used ?? opened)?.sessionId;
  if (sessionId === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'earshot-doctor-'));
  try {
    const saved = await provider.saveReceived({ sessionId, ...window, path: join(folder, 'received.wav') });
    if (saved === undefined) return undefined;
    const { channels, rateHz } = readWav(await readFile(saved.path));
    const [samples = new Float32Array()] = channels;
    const reference = await atRate(readSpeechClip(prompt), rateHz);
    return { levelDbFs: levelOf(samples), hasPrompt: isIn(samples, rateHz, reference.samples) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
