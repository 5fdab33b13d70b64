import type { ProviderEvent, ReceivedAudio, SentReply, TurnRecord } from '../ports';

type EventOf<T extends ProviderEvent['type']> = Extract<ProviderEvent, { readonly type: T }>;

/** Events of one type, in order. */
export const eventsOf = <T extends ProviderEvent['type']>(
  events: readonly ProviderEvent[],
  type: T,
): readonly EventOf<T>[] => events.filter((event): event is EventOf<T> => event.type === type);

/** An endpoint belongs to the prompt when its last loud sample lies at most this much ahead of the prompt's last one. */
const ENDPOINT_AHEAD_MS = 250;

/** What is known of the prompt when its endpoint is looked for. */
export interface PromptArrival {
  /** Index in the session's stream; undefined: not found in what was received. */
  readonly offsetAtStreamSample?: number;
  readonly streamRateHz?: number;
  readonly offsetAtHostMs?: number;
}

/**
 * The turn decision that followed the prompt: the first whose last loud sample is not before the prompt's, by the stream
 * where the prompt was found in it and by the host's clock elsewhere; a decision in the middle of the prompt counts only
 * when no later one exists.
 */
export function endpointOf(record: TurnRecord, prompt: PromptArrival): EventOf<'endpoint'> | undefined {
  const session = record.received?.sessionId;
  const endpoints = eventsOf(record.providerEvents, 'endpoint').filter(
    (event) => session === undefined || event.sessionId === undefined || event.sessionId === session,
  );
  const { offsetAtStreamSample, streamRateHz, offsetAtHostMs } = prompt;
  const followed = endpoints.find((event) => {
    if (offsetAtStreamSample !== undefined && streamRateHz !== undefined)
      return event.offsetAtStreamSample >= offsetAtStreamSample - (ENDPOINT_AHEAD_MS * streamRateHz) / 1000;
    return offsetAtHostMs === undefined || event.hostAtMs >= offsetAtHostMs;
  });
  return followed ?? endpoints.at(-1);
}

/** When the turn was decided that was recognised; where a recognition does not say which one it is about, when it came. */
export function decidedAtHostMs(record: TurnRecord, heard: EventOf<'heard'>): number {
  const { offsetAtStreamSample, sessionId, hostAtMs } = heard;
  if (offsetAtStreamSample === undefined) return hostAtMs;
  const endpoint = eventsOf(record.providerEvents, 'endpoint').findLast(
    (each) => each.sessionId === sessionId && each.offsetAtStreamSample === offsetAtStreamSample,
  );
  // Decided before the record begins.
  return endpoint?.hostAtMs ?? -Infinity;
}

/** When the packet with a stream sample had arrived; undefined when no packet holds it. */
export const arrivalOf = (received: ReceivedAudio, streamSample: number): number | undefined =>
  received.packets.find(
    (packet) =>
      streamSample >= packet.streamSample && streamSample < packet.streamSample + packet.lengthSamples,
  )?.hostAtMs;

/** A reply, and when its first packet and the one with its first speech sample left the provider. */
export interface AnsweringReply {
  readonly reply: SentReply;
  readonly firstSentAtHostMs: number;
  /** First sample that was sent, in samples of the clip. */
  readonly firstSentSample: number;
  /** Undefined when so little was sent that the onset is not in it. */
  readonly onsetSentAtHostMs: number | undefined;
  /** Last sample that was sent + 1, in samples of the clip. */
  readonly sentSamples: number;
}

/**
 * First reply that left after `afterHostAtMs`.
 * @param begun - `whole`: a reply that had begun before does not count. Default: one that goes on counts.
 */
export function answeringReply(
  record: TurnRecord,
  afterHostAtMs: number,
  begun?: 'whole',
): AnsweringReply | undefined {
  const packets = eventsOf(record.providerEvents, 'audio-out');
  for (const { itemId, hostAtMs } of packets) {
    if (hostAtMs < afterHostAtMs) continue;
    const reply = record.replies.find((sent) => sent.itemId === itemId);
    if (reply === undefined) continue;
    const own = packets.filter((packet) => packet.itemId === itemId);
    const first = own[0];
    if (first === undefined || (begun === 'whole' && first.hostAtMs < afterHostAtMs)) continue;
    const inClip = (sample: number, rateHz: number): number => (sample * reply.clip.rateHz) / rateHz;
    const { onsetSample } = reply.clip;
    return {
      reply,
      firstSentAtHostMs: first.hostAtMs,
      firstSentSample: inClip(first.fromSample, first.rateHz),
      onsetSentAtHostMs: own.find(
        ({ fromSample, lengthSamples, rateHz }) =>
          inClip(fromSample, rateHz) <= onsetSample &&
          onsetSample < inClip(fromSample + lengthSamples, rateHz),
      )?.hostAtMs,
      sentSamples: Math.max(
        ...own.map(({ fromSample, lengthSamples, rateHz }) => inClip(fromSample + lengthSamples, rateHz)),
      ),
    };
  }
  return undefined;
}

/** The reply to the prompt that interrupted one: the first that began to leave after the turn decision on that prompt. */
export function replyToInterruption(record: TurnRecord): AnsweringReply | undefined {
  const playback = record.interruption?.playback;
  if (playback === undefined) return undefined;
  const endpoint = eventsOf(record.providerEvents, 'endpoint').find(
    ({ hostAtMs }) => hostAtMs > playback.askedAtHostMs,
  );
  return endpoint && answeringReply(record, endpoint.hostAtMs, 'whole');
}

/**
 * The reply that confirms a call: the first that began to leave after the call had been executed. The console line may come
 * late, so the tool output counts where the provider had it before the host had the line.
 */
export function confirmingReply(
  record: TurnRecord,
  executedAtHostMs: number,
  callId: string | undefined,
): AnsweringReply | undefined {
  const output = eventsOf(record.providerEvents, 'tool-output').find(
    (event) => callId !== undefined && event.callId === callId,
  );
  return answeringReply(record, Math.min(executedAtHostMs, output?.hostAtMs ?? Infinity), 'whole');
}
