import { MediaStreamTrack, RTCPeerConnection, type RTCDataChannel } from 'werift';
import type { Clock, VoiceProvider } from '../../ports';
import { seededUniform } from '../../units';
import { failuresIn, limitOf, type FuzzReport } from './fuzz-report';
import { mutatedBytes, mutatedJson } from './mutate';

export interface ChannelFuzzOptions {
  /** A mock of OpenAI Realtime. */
  readonly provider: VoiceProvider;
  /** Events in good form, which are then spoiled. */
  readonly samples: readonly unknown[];
  readonly messages: number;
  readonly seed: number;
  readonly clock: Clock;
  /** How long a message may stay without an end. Default 10 s. */
  readonly hangMs?: number;
}

interface OpenCall {
  readonly channel: RTCDataChannel;
  readonly close: () => Promise<void>;
}

/** Calls at a time, and messages of each: a round trip over SCTP is mostly waiting. */
const AT_ONCE = 8;
const IN_A_ROW = 10;

/** A call on an independent stack; undefined where the mock takes none. */
async function openCall(provider: VoiceProvider): Promise<OpenCall | undefined> {
  const peer = new RTCPeerConnection({
    iceServers: [],
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceUseIpv6: false,
    bundlePolicy: 'max-bundle',
  });
  peer.addTransceiver(new MediaStreamTrack({ kind: 'audio' }), { direction: 'sendrecv' });
  const channel = peer.createDataChannel('oai-events');
  const opened = new Promise<void>((resolve) => {
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') resolve();
    });
  });
  await peer.setLocalDescription(await peer.createOffer());
  if (peer.iceGatheringState !== 'complete')
    await peer.iceGatheringStateChange.watch((state) => state === 'complete');
  const response = await fetch(new URL('/v1/realtime/calls?model=gpt-realtime', httpUrl(provider)), {
    method: 'POST',
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/sdp' },
    body: peer.localDescription?.sdp ?? '',
  });
  const answer = await response.text();
  if (response.status !== 201) {
    await peer.close();
    return undefined;
  }
  await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  await opened;
  return { channel, close: () => peer.close() };
}

const httpUrl = ({ url }: VoiceProvider): string => url.replace(/^ws/, 'http');

/**
 * Sends spoiled events to a mock of OpenAI Realtime on the data channel of a call: other JSON, other bytes, text as binary.
 * Each is followed by an event that the mock does not know and says so of; a call that it ends is made anew.
 */
export async function fuzzChannel(options: ChannelFuzzOptions): Promise<FuzzReport> {
  const { provider, samples, messages, clock, hangMs = 10_000 } = options;
  const random = seededUniform(options.seed);
  const limit = limitOf<'alive' | 'closed'>(clock, hangMs);
  const count = { alive: 0, closed: 0, hung: 0, unhandledRejections: 0 };
  const rejected = (): void => {
    count.unhandledRejections++;
  };
  process.on('unhandledRejection', rejected);
  const before = provider.events.length;

  const send = (
    { channel }: OpenCall,
    data: string | Buffer,
    probe: string,
  ): Promise<'alive' | 'closed' | 'hung'> =>
    new Promise((resolve) => {
      const subscriptions = [
        channel.onMessage.subscribe((message) => {
          if (message.includes(`"event_id":"${probe}"`)) settle('alive');
        }),
        channel.stateChanged.subscribe((state) => {
          if (state === 'closed') settle('closed');
        }),
      ];
      const settle = limit((outcome) => {
        for (const { unSubscribe } of subscriptions) unSubscribe();
        resolve(outcome);
      });
      channel.send(data);
      channel.send(JSON.stringify({ type: 'no.such', event_id: probe }));
    });
  const spoiled = (): string | Buffer => {
    const sample = samples[Math.floor(random() * samples.length)];
    const bytes =
      random() < 0.3
        ? mutatedBytes(random, Buffer.from(JSON.stringify(sample)))
        : Buffer.from(JSON.stringify(mutatedJson(random, sample)));
    // Text has to be UTF-8 here: what is none can only be sent as binary. Nothing at all the client's stack sends wrongly.
    const text = bytes.toString() || ' ';
    return random() < 0.1 ? Buffer.from(bytes.length === 0 ? ' ' : bytes) : text;
  };
  let sent = 0;
  const talk = async (): Promise<void> => {
    let call: OpenCall | undefined;
    try {
      while (sent < messages) {
        const from = sent;
        sent = Math.min(messages, sent + IN_A_ROW);
        const row = Array.from({ length: sent - from }, spoiled);
        if (call?.channel.readyState !== 'open') {
          await call?.close();
          call = await openCall(provider);
        }
        const open = call;
        const outcomes = await Promise.all(
          row.map((data, at) =>
            open === undefined ? Promise.resolve('hung' as const) : send(open, data, `probe_${from + at}.`),
          ),
        );
        for (const outcome of outcomes) count[outcome]++;
        if (!outcomes.includes('hung')) continue;
        await call?.close();
        call = undefined;
      }
    } finally {
      await call?.close();
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, talk));
    const served = await openCall(provider);
    await served?.close();
    const { alive, ...rest } = count;
    const failed = failuresIn(provider.events.slice(before));
    return {
      messages,
      answered: { alive },
      ...rest,
      failed,
      unmeasured: 0,
      unserved: served === undefined ? 1 : 0,
    };
  } finally {
    process.off('unhandledRejection', rejected);
  }
}
