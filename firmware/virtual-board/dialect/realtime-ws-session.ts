import type WebSocket from 'ws';
import { pcm16Bytes } from '../sound/pcm16';
import type { BoardServices } from './application';
import { CallDesk } from './call-desk';
import { greetingRequest, sessionUpdate, truncation, type ClientEvent } from './realtime-ws-messages';
import { ReplyPlayer } from './reply-player';

const TAG = 'REALTIME_WS';
const APP_TAG = 'OPENAI_APP';
/** Rate of the microphone's stream: the API takes no less. */
const STREAM_RATE_HZ = 24_000;
/** Sound for a provider that does not read is dropped beyond this: 20 s of appends. */
const UNSENT_LIMIT_BYTES = 2 << 20;
/** The fault `panic-mid-reply`: this much of the reply is played before. */
const STRIKES_AFTER_SAMPLES = 7_200;
/** The fault `cut-reply`: this much of each item is played. */
const CUT_AFTER_SAMPLES = 14_400;

/** A server event; fields are what arrived and are checked where they are used. */
interface ServerEvent {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const objects = (value: unknown): readonly ServerEvent[] =>
  Array.isArray(value)
    ? value.filter((entry): entry is ServerEvent => typeof entry === 'object' && entry !== null)
    : [];

const object = (value: unknown): ServerEvent => objects([value])[0] ?? {};

/** One session of the GA API on an open WebSocket: set up, microphone up, replies down, calls, barge-in. */
export class RealtimeWsSession {
  /** Tools are applied and the microphone streams. */
  ready = false;
  private readonly player: ReplyPlayer;
  private readonly calls: CallDesk;
  private dropsSound = false;
  /** A prompt was heard and its reply has not begun to play. */
  private prompted = false;
  private doomedItem: string | undefined;
  /** The response that the service works on, and the last one that the user's speech cancelled. */
  private runningResponse: string | undefined;
  private cancelledResponse: string | undefined;

  constructor(
    private readonly services: BoardServices,
    private readonly socket: WebSocket,
  ) {
    this.player = new ReplyPlayer(services.sound);
    this.calls = new CallDesk(services.console, services.markers, services.faults, (event) =>
      this.announce(event),
    );
  }

  /** Takes one text message of the service; what is no event, or an unknown one, is ignored. */
  receive(message: string): void {
    if (this.services.faults.has('stuck-session')) return;
    let event: unknown;
    try {
      event = JSON.parse(message);
    } catch {
      this.services.console.print('Error parsing JSON data\n');
      return;
    }
    this.handle(object(event));
  }

  /** Prints and sends a client event. */
  announce(event: ClientEvent): void {
    const json = JSON.stringify(event);
    this.services.console.print(`Begin to send json:${json}\n`);
    this.socket.send(json);
  }

  private handle(event: ServerEvent): void {
    const { console } = this.services;
    switch (event.type) {
      case 'session.created':
        console.log('I', TAG, `Session created id=${text(object(event['session'])['id'])}`);
        this.announce(sessionUpdate);
        break;
      case 'session.updated':
        if (!this.ready) this.begin();
        break;
      case 'response.created':
        this.runningResponse = text(object(event['response'])['id']);
        break;
      case 'response.output_audio.delta':
        // Deltas that were on their way when the service cancelled their response.
        if (this.cancelledResponse === undefined || event['response_id'] !== this.cancelledResponse)
          this.play(text(event['item_id']), text(event['delta']));
        break;
      case 'response.output_audio_transcript.done':
        if (!this.player.wasCut(text(event['item_id'])))
          console.print(`Transcript: ${text(event['transcript'])}\n`);
        break;
      case 'response.function_call_arguments.done':
        this.call(event);
        break;
      case 'response.done':
        this.responseDone(object(event['response']));
        break;
      case 'input_audio_buffer.speech_started':
        this.prompted = true;
        this.services.markers.mark('speech-started');
        if (!this.services.faults.has('no-barge-in')) this.bargeIn();
        break;
      case 'input_audio_buffer.speech_stopped':
        this.services.markers.mark('speech-stopped');
        break;
      case 'error':
        console.log('E', APP_TAG, `Realtime error: ${JSON.stringify(event['error'] ?? {})}`);
        break;
      default:
    }
  }

  private begin(): void {
    this.ready = true;
    this.services.console.log('I', APP_TAG, 'Realtime session.updated (tools/config applied)');
    const { sound, markers } = this.services;
    sound.openMicrophone(STREAM_RATE_HZ, (samples) => this.append(samples));
    markers.mark('mic-opened');
    sound.watchWrites(() => markers.mark('first-i2s-out'));
    this.announce(greetingRequest);
  }

  private append(samples: Int16Array): number | undefined {
    const { console, faults } = this.services;
    if (faults.has('stuck-session')) return undefined;
    const full = this.socket.bufferedAmount > UNSENT_LIMIT_BYTES;
    if (full && !this.dropsSound) console.log('W', TAG, 'Network is slow, microphone data is dropped');
    this.dropsSound = full;
    if (full || this.socket.readyState !== this.socket.OPEN) return undefined;
    const audio = pcm16Bytes(samples).toString('base64');
    this.socket.send(`{"type":"input_audio_buffer.append","audio":"${audio}"}`);
    this.services.markers.mark('first-packet-out');
    return this.services.hostNowMs();
  }

  private play(itemId: string, delta: string): void {
    const { console, faults, markers, sound } = this.services;
    markers.mark('first-audio-in');
    const lostBytes = this.player.take(itemId, delta, faults.has('cut-reply') ? CUT_AFTER_SAMPLES : Infinity);
    if (lostBytes > 0) console.log('E', TAG, `Playback buffer full, dropped ${lostBytes} bytes`);
    if (!this.prompted || this.player.wasCut(itemId)) return;
    this.prompted = false;
    if (faults.striking === undefined) return;
    this.doomedItem = itemId;
    sound.watchPlayback((run) => {
      const isDue =
        run.itemId === this.doomedItem && run.sourceSample + run.lengthSamples >= STRIKES_AFTER_SAMPLES;
      // The fault may have gone while the reply played.
      if (!isDue || faults.striking === undefined) return;
      sound.watchPlayback(undefined);
      this.services.strike('playback');
    });
  }

  private bargeIn(): void {
    this.cancelledResponse = this.runningResponse;
    if (!this.services.sound.isPlaying) return;
    const cut = this.player.interrupt();
    const heard = cut[0];
    for (const { itemId, playedMs } of cut) this.socket.send(JSON.stringify(truncation(itemId, playedMs)));
    if (heard !== undefined)
      this.services.console.log('I', TAG, `Barge-in: playback stopped at ${heard.playedMs} ms`);
  }

  /** Also takes the copies in `response.done`; an event without a name is left to its copy. */
  private call(event: ServerEvent): void {
    const name = text(event['name']);
    if (name === '') return;
    this.calls.take({ callId: text(event['call_id']), name, arguments: text(event['arguments']) });
  }

  private responseDone(response: ServerEvent): void {
    this.runningResponse = undefined;
    for (const item of objects(response['output'])) if (item.type === 'function_call') this.call(item);
    this.calls.responseDone(response['status'] === 'cancelled');
  }
}
