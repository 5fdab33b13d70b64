// docs/dialect-realtime-ws.md is the source of every line here.
import type { ConsoleLine } from '../../ports';
import { parseLogLine, type LogLine } from '../console';
import type { EventBody } from '../event-body';
import type { Dialect } from './dialect';
import { functionCall, readPrinted } from './printed-calls';

const TRANSCRIPT = /^Transcript: (.*)$/s;
const FUNCTION_CALL = /^Function Call name=(\S+) call_id=(\S*) args=(.*)$/s;
// Lines that carry any text of others behind their beginning. That may lie behind a half-typed command.
const LINE_START = /Transcript: |Begin to send json:|Function Call name=|[EWIDV] \(\d+\) /;

/** The WebSocket client for the OpenAI Realtime API (GA) in `firmware/`. */
export const realtimeWs: Dialect = {
  description: {
    name: 'realtime-ws',
    firmware: 'WebSocket client for the OpenAI Realtime API (GA)',
    protocol: 'openai-realtime',
    capabilities: [
      'audio',
      'greeting',
      'barge-in',
      'console-input',
      'session-commands',
      'call-results',
      'boot-log',
      'crash-command',
      'SetLightState',
      'SetVolume',
      'OpenDoor',
    ],
    knownGaps: ['SetVolume is printed only: the loudness of the speaker does not follow it.'],
  },
  prompt: 'sound',
  project: 'realtime_ws',
  startsByItself: true,
  startCommand: 'start',
  stopCommand: 'stop',
  crashCommand: 'assert',
  memoryCommand: 'i',
  createReader: () => ({ read: readLine }),
};

// What was said, sent or asked for may contain the words of any other line, so the first beginning in a line decides.
function readLine({ text, truncated }: ConsoleLine): readonly EventBody[] {
  const log = parseLogLine(text);
  if (log !== undefined) return readLog(log);
  // A reset that cuts a number makes another one of it.
  if (truncated === true) return [];
  const start = text.search(LINE_START);
  return start < 0 ? readPrinted(text) : readCarrier(text.slice(start));
}

function readCarrier(text: string): readonly EventBody[] {
  const transcript = TRANSCRIPT.exec(text);
  if (transcript !== null) return [{ type: 'transcript', text: transcript[1] ?? '' }];
  const call = FUNCTION_CALL.exec(text);
  if (call !== null) return [functionCall(call[1] ?? '', call[2] ?? '', call[3] ?? '')];
  const log = parseLogLine(text);
  return log === undefined ? [] : readLog(log);
}

function readLog({ tag, message }: LogLine): readonly EventBody[] {
  const source = `${tag}: ${message}`;
  if (source === 'Board: Init board.') return [{ type: 'milestone', milestone: 'app' }];
  if (source.startsWith('NETWORK: got ip:')) return [{ type: 'milestone', milestone: 'network' }];
  if (source.startsWith('OPENAI_APP: Realtime session.updated')) return [{ type: 'session-ready' }];
  if (source.startsWith('OPENAI_APP: Realtime error: ')) return [{ type: 'complaint', text: message }];
  if (tag !== 'REALTIME_WS') return [];
  if (message.startsWith('Connecting to ')) return [{ type: 'milestone', milestone: 'connecting' }];
  if (message.startsWith('Connect failed: ')) return [{ type: 'complaint', text: message }];
  if (message.startsWith('Session closed ')) {
    return [{ type: 'session-ended', reason: message.slice('Session closed '.length) }];
  }
  return message === 'Session stopped' ? [{ type: 'session-ended', reason: 'stopped' }] : [];
}
