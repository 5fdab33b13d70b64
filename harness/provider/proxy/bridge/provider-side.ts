import type { Clock, MediaCounts } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import type { Json } from '../../mock/json/check';
import type { WireEvent } from '../../mock/openai-realtime/wire-events';
import type { DataChannelLibrary } from '../../mock/openai-realtime/webrtc/load-datachannel';
import type { RtpCodec } from '../../mock/openai-realtime/webrtc/offer';
import type { OpusLibrary } from '../../mock/openai-realtime/webrtc/speech-decoder';
import type { SocketTraffic } from '../traffic';
import type { Upstream } from '../upstream';

/** The provider's end of a bridged call, whichever way the provider is reached. Events are GA's on both sides of it. */
export interface ProviderSide {
  /** Source of the packets that the board gets. */
  readonly source: number;
  /** Takes an RTP packet of the board. */
  take(packet: Buffer, arrivedAtHostMs: number): void;
  /** Takes an event of the board. */
  send(event: Json, hostAtMs: number): void;
  /** Takes a message of the board that is no event: the provider says what is wrong with it. */
  sendAsItIs(data: Buffer, isBinary: boolean): void;
  /** What became of the board's packets since this was asked before. */
  media(): MediaCounts;
  /** Ends it in good form; nothing is told of it. */
  close(): void;
}

/** The board, as the provider's side reaches it. */
export interface BoardSide {
  event(event: WireEvent): void;
  sendPacket(packet: Buffer): void;
  /** The provider has gone, by the codes of WebSocket (RFC 6455 section 7.4.1). */
  gone(code: number, reason: string): void;
}

export interface ProviderSideContext {
  readonly clock: Clock;
  /** As the call with the board has it. */
  readonly codec: RtpCodec;
  readonly opus: OpusLibrary;
  /** Reads along what passes between bridge and provider. */
  readonly traffic: SocketTraffic;
  readonly log: (event: UnstampedEvent, hostAtMs: number) => void;
  readonly board: BoardSide;
}

/** What a board asks for by its call. */
export interface AskedCall {
  /** Undefined: it shows no key. */
  readonly authorization: string | undefined;
  /** Undefined: its key or its session says. */
  readonly model: string | undefined;
  /** Of a form, in GA's shape. */
  readonly session: Json | undefined;
  readonly codec: RtpCodec;
}

/** Why a provider does not take a call, as the board is told. */
export interface CallRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** A provider that takes the call: makes its side once there is a board. What it says until then is kept for that. */
export type Taken = (context: ProviderSideContext) => ProviderSide;

export interface ReachContext {
  readonly clock: Clock;
  readonly upstream: Upstream;
  readonly library: DataChannelLibrary;
}

/** Reaches the provider for a board's call. */
export type ReachProvider = (asked: AskedCall, context: ReachContext) => Promise<Taken | CallRefusal>;

/** As the calls of OpenAI Realtime. */
export const BAD_GATEWAY = 502;
/** How long the provider may take until it can be spoken to. */
export const REACH_MS = 10_000;
/** RFC 6455 section 7.4.1. */
export const NORMAL = 1000;
export const CUT = 1006;
