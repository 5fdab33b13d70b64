import { recordedBytes, type RecordedSpeech, type SocketTake } from '../../proxy/cassette';
import { unseenSession, withSession, type SessionFacts } from '../../proxy/realtime/session-facts';
import { objectIn, seenEvent, textIn, type SeenEvent } from '../../proxy/realtime/wire-event';

/** One message of the provider. */
export interface RecordedMessage {
  /** After what it answers. */
  readonly afterMs: number;
  readonly bytes: Buffer;
  readonly event: SeenEvent | undefined;
}

/** What followed an event of the board. */
export interface Cue {
  /** Type of the board's event. */
  readonly on: string;
  readonly messages: readonly RecordedMessage[];
}

/** Something that was said, and everything until somebody spoke again. */
export interface RecordedTurn {
  readonly heard: RecordedSpeech['heard'];
  /** Id that the service gave to what was said. */
  readonly userItemId: string;
  /** Counted from the end of the speech. */
  readonly answer: readonly RecordedMessage[];
  /** Answers to what the board then sent, in its order. */
  readonly cues: readonly Cue[];
  /** From the end of the speech to the first message; undefined where the board said when it was over. */
  readonly endpointMs: number | undefined;
  /** A message of it held a secret. */
  readonly isMasked: boolean;
}

export interface RecordedSession {
  /** Counted from the connection. */
  readonly greeting: readonly RecordedMessage[];
  /** Before anything was said. */
  readonly cues: readonly Cue[];
  readonly turns: readonly RecordedTurn[];
  readonly end: SocketTake['end'];
  /** False: the service turned the board away. */
  readonly wasAdmitted: boolean;
  /** As the service described it first. */
  readonly facts: SessionFacts;
  readonly isMasked: boolean;
}

interface OpenCue {
  readonly on: string;
  readonly fromMs: number;
  readonly messages: RecordedMessage[];
}
interface OpenTurn {
  readonly speech: RecordedSpeech;
  readonly endpointMs: number | undefined;
  readonly answer: OpenCue;
  readonly cues: OpenCue[];
  userItemId: string;
  isMasked: boolean;
}

/** Places of the messages that began a turn: the last `speech_stopped`, or `commit` of the board, before each `committed`. */
function turnStarts(events: readonly (SeenEvent | undefined)[]): readonly number[] {
  const starts: number[] = [];
  let latest: number | undefined;
  for (const [place, event] of events.entries()) {
    if (event?.type === 'input_audio_buffer.speech_stopped' || event?.type === 'input_audio_buffer.commit')
      latest = place;
    else if (event?.type === 'input_audio_buffer.committed') {
      starts.push(latest ?? place);
      latest = undefined;
    }
  }
  return starts;
}

/** A recorded session by what the board did: what came then, and when. */
export function recordedSession({ messages, spoken = [], end }: SocketTake): RecordedSession {
  const events = messages.map((message) => seenEvent(recordedBytes(message)));
  const starts = turnStarts(events);
  const greeting: OpenCue = { on: '', fromMs: 0, messages: [] };
  const cues: OpenCue[] = [];
  const turns: OpenTurn[] = [];
  let isMasked = false;
  let facts = unseenSession;
  let wasAdmitted = false;
  let open = greeting;
  for (const [place, message] of messages.entries()) {
    const event = events[place];
    const { atMs, from, masked } = message;
    const speech = starts.includes(place) ? spoken[starts.indexOf(place)] : undefined;
    if (speech !== undefined) {
      open = { on: '', fromMs: speech.spokeUntilMs, messages: [] };
      const endpointMs = from === 'provider' ? atMs - speech.spokeUntilMs : undefined;
      turns.push({ speech, endpointMs, answer: open, cues: [], userItemId: '', isMasked: false });
    }
    const turn = turns.at(-1);
    if (from === 'board') {
      if (speech !== undefined || event === undefined) continue;
      open = { on: event.type, fromMs: atMs, messages: [] };
      (turn?.cues ?? cues).push(open);
      continue;
    }
    if (masked === true) {
      if (turn === undefined) isMasked = true;
      else turn.isMasked = true;
    }
    if (event?.type === 'input_audio_buffer.committed' && turn !== undefined)
      turn.userItemId = textIn(event, 'item_id');
    if (event?.type === 'session.created') {
      wasAdmitted = true;
      facts = withSession(facts, objectIn(event, 'session'));
    }
    // When somebody begins to speak the replay hears by itself.
    if (event?.type === 'input_audio_buffer.speech_started') continue;
    const bytes = recordedBytes(message);
    open.messages.push({ afterMs: Math.max(0, atMs - open.fromMs), bytes, event });
  }
  return {
    greeting: greeting.messages,
    cues,
    turns: turns.map(({ speech, answer, ...rest }) => ({
      ...rest,
      heard: speech.heard,
      answer: answer.messages,
    })),
    end,
    wasAdmitted,
    facts,
    isMasked,
  };
}
