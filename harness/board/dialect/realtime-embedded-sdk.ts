// docs/dialect-realtime-embedded-sdk.md is the source of every line here.
import { parseLogLine, type LogLine } from '../console';
import type { DialectReader, EventBody } from '../event-body';
import type { Dialect } from './dialect';
import { jsonObject } from './printed-calls';

const TAG = 'realtimeapi-sdk';
const CONNECTION = /^PeerConnectionState: (\w+)$/;
const MESSAGE = /^DataChannel Message: (.*)$/s;
/** libpeer separates its fields by tabs: level, file, line, message. */
const LIBPEER = /(DEBUG|INFO|WARN|ERROR)\t\S+\t\d+\t(.*)$/;
/** Printed without a line end, so anything may follow. */
const NO_CODEC = /Failed to configure I2S driver for audio (?:output|input)/;
const UP: ReadonlySet<string> = new Set(['connected', 'completed']);
const ENDS: ReadonlySet<string> = new Set(['disconnected', 'closed', 'failed']);

/** OpenAI's own SDK for embedded boards, which knows neither tools nor commands. */
export const realtimeEmbeddedSdk: Dialect = {
  description: {
    name: 'realtime-embedded-sdk',
    firmware: 'openai-realtime-embedded-sdk (WebRTC, OpenAI Realtime beta)',
    protocol: 'openai-realtime',
    capabilities: ['audio', 'greeting', 'barge-in', 'boot-log'],
    knownGaps: [
      'It declares no tools and has no console commands.',
      'It restarts when its connection ends, and when the answer to its offer has another status than 201.',
      'The microphone is captured at 8 kHz.',
      'No transcript is printed unless it is built with LOG_DATACHANNEL_MESSAGES.',
      'Watchdogs are off: a hang is silent.',
      'The vendor has switched the beta API off: this firmware can only be tested against a mock.',
    ],
  },
  prompt: 'sound',
  project: 'src',
  startsByItself: true,
  createReader,
};

function createReader(): DialectReader {
  let boot: number | undefined;
  let connected = false;
  let channel = false;
  let ready = false;

  const forget = (): void => {
    connected = false;
    channel = false;
    ready = false;
  };

  function usable(): readonly EventBody[] {
    if (ready || !connected || !channel) return [];
    ready = true;
    return [{ type: 'session-ready' }];
  }

  function readConnection(state: string): readonly EventBody[] {
    if (state === 'checking') return [{ type: 'milestone', milestone: 'connecting' }];
    if (UP.has(state)) {
      connected = true;
      return usable();
    }
    if (!ENDS.has(state)) return [];
    forget();
    return [{ type: 'session-ended', reason: state }];
  }

  function readSdk({ level, message }: LogLine): readonly EventBody[] {
    const [, state] = CONNECTION.exec(message) ?? [];
    if (state !== undefined) return readConnection(state);
    if (message === 'DataChannel created') {
      channel = true;
      return usable();
    }
    if (message.startsWith('got ip:')) return [{ type: 'milestone', milestone: 'network' }];
    const [, received] = MESSAGE.exec(message) ?? [];
    if (received !== undefined) return readMessage(received);
    const isTold = level === 'E' || message === 'connect to the AP fail';
    return isTold ? [{ type: 'complaint', text: message }] : [];
  }

  return {
    read: ({ text, boot: ofBoot }) => {
      if (ofBoot !== boot) forget();
      boot = ofBoot;
      const log = parseLogLine(text);
      if (log?.tag === TAG) return readSdk(log);
      if (log !== undefined && `${log.tag}: ${log.message}`.startsWith('main_task: Calling app_main'))
        return [{ type: 'milestone', milestone: 'app' }];
      const [noCodec] = NO_CODEC.exec(text) ?? [];
      if (noCodec !== undefined) return [{ type: 'complaint', text: noCodec }];
      const [, level, message = ''] = LIBPEER.exec(text) ?? [];
      return level === 'ERROR' ? [{ type: 'complaint', text: message }] : [];
    },
  };
}

/** What a build that logs the service's messages shows of them. */
function readMessage(received: string): readonly EventBody[] {
  const message = jsonObject(received);
  if (message?.['type'] === 'error') return [{ type: 'complaint', text: received }];
  const said = message?.['transcript'];
  if (message?.['type'] !== 'response.audio_transcript.done' || typeof said !== 'string') return [];
  return [{ type: 'transcript', text: said }];
}
