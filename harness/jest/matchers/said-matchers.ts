import type { TurnResult } from '../../host';
import type { ErrorCode } from '../../errors';
import type { Judgement, Mismatch } from './judgement';

/** What is known of the words that the board spoke in a turn. */
type Said =
  /** `by` tells who is at fault for other words than expected: nobody but the scenario chose a reply that was located. */
  | {
      readonly known: true;
      readonly texts: readonly string[];
      readonly by: ErrorCode;
      readonly where: readonly Mismatch[];
    }
  | { readonly known: false; readonly why: string; readonly code: ErrorCode };

/**
 * The words of the reply that was located in the sound. Where the provider's replies are not known, the transcripts that the
 * firmware printed. A reply that was sent and is not in the sound was not said, whatever the console shows.
 */
function saidIn({ record, measurement: { reply, marks } }: TurnResult): Said {
  if (reply.state === 'found') {
    const sent = record.replies.find(({ clip }) => clip.id === reply.replyId);
    const onset = marks.find(({ name }) => name === 'replyOnset');
    if (sent !== undefined) {
      const text = sent.clip.transcript;
      const where = onset === undefined ? [] : [{ event: onset, note: `"${text}"` }];
      return { known: true, texts: [text], by: 'HIL_SCENARIO_MISMATCH', where };
    }
  }
  if (reply.state === 'not-found') {
    return {
      known: false,
      why: `reply ${reply.replyId} was sent and is not in the sound of the speaker`,
      code: 'HIL_TURN_SPEAKER_SILENT',
    };
  }
  // A reply that nobody knows, of which the sound shows nothing: the console alone does not make it said.
  if (reply.state === 'not-heard') {
    return { known: false, why: 'no speech was heard from the speaker', code: 'HIL_TURN_UNMEASURED' };
  }
  // A provider whose log is empty was not watched, so what it sent is not known.
  if (reply.state === 'not-sent' && record.providerEvents.length > 0) {
    const code = record.expected.spoken ? 'HIL_TURN_REPLY_MISSING' : 'HIL_SCENARIO_MISMATCH';
    return { known: false, why: 'the provider sent no reply', code };
  }
  const printed = record.boardEvents.filter((event) => event.type === 'transcript');
  if (printed.length === 0) {
    return {
      known: false,
      why: 'nobody knows its words: the reply is none of the corpus and the firmware printed no transcript',
      code: 'HIL_TURN_UNMEASURED',
    };
  }
  const where = printed.map((event) => ({ event, note: 'other words' }));
  return { known: true, texts: printed.map(({ text }) => text), by: 'HIL_TURN_PROVIDER_FAILED', where };
}

export const showPattern = (pattern: RegExp | string): string =>
  typeof pattern === 'string' ? `"${pattern}"` : String(pattern);

// A pattern with the flags g or y remembers where it last matched.
export const matches = (text: string, pattern: RegExp | string): boolean =>
  typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0;

const quoted = (texts: readonly string[]): string =>
  [...new Set(texts)].map((text) => `"${text}"`).join(', ');

/** The board said something in which the pattern is found. */
export function judgeSaid(turn: TurnResult, pattern: RegExp | string): Judgement {
  const said = saidIn(turn);
  if (!said.known) {
    const message = `The board was expected to say ${showPattern(pattern)}, and ${said.why}.`;
    return { pass: false, message, code: said.code };
  }
  return {
    pass: said.texts.some((text) => matches(text, pattern)),
    message: `The board said ${quoted(said.texts)}, expected ${showPattern(pattern)}.`,
    code: said.by,
    mismatches: said.where,
  };
}

/** What the board said is known, and the pattern is nowhere in it. */
export function judgeNotSaid(turn: TurnResult, pattern: RegExp | string): Judgement {
  const said = saidIn(turn);
  if (!said.known) {
    const message = `The board was expected to say something without ${showPattern(pattern)}, and ${said.why}.`;
    return { pass: false, message, code: said.code };
  }
  return {
    pass: !said.texts.some((text) => matches(text, pattern)),
    message: `The board said ${quoted(said.texts)}, expected nothing with ${showPattern(pattern)}.`,
    code: said.by,
    mismatches: said.where,
  };
}
