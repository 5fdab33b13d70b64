import type { Json } from '../../mock/json/check';
import { codingOf, type AudioCoding } from '../../mock/openai-realtime/audio-coding';
import { toolNamesOf } from '../../mock/openai-realtime/session-state';
import { numberIn, objectIn } from './wire-event';

/** What the events of a session mean depends on this much of it. */
export interface SessionFacts {
  readonly tools: readonly string[];
  /** How the board's sound is written. */
  readonly input: AudioCoding;
  /** How replies are written. */
  readonly output: AudioCoding;
  /** Audio before the speech that `speech_started` counts in; 0 where nobody says. */
  readonly prefixPaddingMs: number;
  /** False: the board says itself when a turn is over. */
  readonly detectsTurns: boolean;
  /** Speech cancels the response that is going on. */
  readonly interrupts: boolean;
  /** Silence behind the speech that `speech_stopped` counts in; undefined: how long it was, only the service knows. */
  readonly silenceMs: number | undefined;
}

/** A session of which nothing was seen yet: the service's defaults (reference/providers.md 2.5). */
export const unseenSession: SessionFacts = {
  tools: [],
  input: 'audio/pcm',
  output: 'audio/pcm',
  prefixPaddingMs: 0,
  detectsTurns: true,
  interrupts: true,
  silenceMs: undefined,
};

const betaFormats: Readonly<Record<string, AudioCoding>> = {
  pcm16: 'audio/pcm',
  g711_ulaw: 'audio/pcmu',
  g711_alaw: 'audio/pcma',
};

/** The coding of one side: nested in GA, flat in the beta; undefined where the object does not name it. */
function codingIn(session: Json, side: 'input' | 'output'): AudioCoding | undefined {
  const { format } = objectIn(objectIn(session, 'audio'), side);
  if (format !== undefined) return codingOf(format);
  const flat = session[`${side}_audio_format`];
  return typeof flat === 'string' ? betaFormats[flat] : undefined;
}

/** A session as an event shows it, whole or in part: what it does not name stays as it was. */
export function withSession(known: SessionFacts, session: Json): SessionFacts {
  const flat = session.turn_detection;
  const nested = objectIn(objectIn(session, 'audio'), 'input').turn_detection;
  const detection = nested === undefined ? flat : nested;
  const vad = detection === undefined ? undefined : objectIn({ detection }, 'detection');
  return {
    tools: session.tools === undefined ? known.tools : toolNamesOf(session.tools),
    input: codingIn(session, 'input') ?? known.input,
    output: codingIn(session, 'output') ?? known.output,
    detectsTurns: vad === undefined ? known.detectsTurns : detection !== null,
    interrupts: vad === undefined ? known.interrupts : vad.interrupt_response !== false,
    prefixPaddingMs: vad === undefined ? known.prefixPaddingMs : (numberIn(vad, 'prefix_padding_ms') ?? 0),
    silenceMs: vad === undefined ? known.silenceMs : numberIn(vad, 'silence_duration_ms'),
  };
}
