import { createParser } from 'eventsource-parser';
import { malformed } from './failure';

/** Cuts a byte stream into messages; characters and messages may be split anywhere. */
export interface FrameReader {
  feed(bytes: Buffer): void;
}

/** A message longer than this is none of a chat's. */
const MAX_FRAME_CHARS = 4 * 1024 * 1024;

/** Server-sent events: calls back with the data of each; comments, CRLF and a missing space are all the same to it. */
export function sseReader(onData: (data: string) => void): FrameReader {
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: ({ data }) => onData(data),
    maxBufferSize: MAX_FRAME_CHARS,
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw malformed('one event is longer than 4 MiB');
    },
  });
  return { feed: (bytes) => parser.feed(decoder.decode(bytes, { stream: true })) };
}

/** JSON objects, one on each line: calls back with each line that is not empty. */
export function ndjsonReader(onLine: (line: string) => void): FrameReader {
  const decoder = new TextDecoder();
  let rest = '';
  return {
    feed(bytes) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_FRAME_CHARS) throw malformed('one line is longer than 4 MiB');
      for (const line of lines) if (line.trim() !== '') onLine(line);
    },
  };
}

/** @throws FailedAttempt when it is not JSON. */
export function parseFrame(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw malformed(`a message of the answer is not JSON: ${text.slice(0, 80)}`, undefined, cause);
  }
}

/** A body as JSON, else as the text that it is: error answers are both. */
export function parseBody(bytes: Buffer): unknown {
  const text = bytes.toString('utf8').trim();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Some gateways answer in plain text or HTML; whoever reads the body decides what that means.
    return text;
  }
}
