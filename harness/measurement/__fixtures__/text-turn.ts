import type { BoardEvent, ConsoleLine, ProviderEvent, SpeechClip, TextTurnRecord } from '../../ports';

type OfProvider<E> = E extends unknown ? Omit<E, 'seq' | 'hostAtMs' | 'sessionId'> : never;
type OfBoard<E> = E extends unknown ? Omit<E, 'hostAtMs' | 'deviceAtMs' | 'boot' | 'lineIndex'> : never;

/** What happened, and when on the host's clock; the question is typed at 1 000 ms. */
export type TextStep =
  | { readonly atMs: number; readonly provider: OfProvider<ProviderEvent> }
  /** `deviceAtMs`: the stamp of the line; absent: it has none. */
  | { readonly atMs: number; readonly board: OfBoard<BoardEvent>; readonly deviceAtMs?: number };

export const ASKED_AT_MS = 1_000;

export const question: SpeechClip = {
  id: 'en-weather-a',
  utterance: 'en-weather',
  kind: 'prompt',
  language: 'en',
  voice: 'a',
  transcript: 'What will the weather be like today',
  licence: 'CC0-1.0',
  path: '/prompts/en-weather-a.wav',
  sha256: '00',
  rateHz: 16_000,
  lengthSamples: 16_000,
  onsetSample: 100,
  offsetSample: 15_000,
};

export const sentText = 'It will be sunny and warm all day';

/** The provider reads the question at 1 040, writes from 1 240 to 1 640 and is done. */
export const answering: readonly TextStep[] = [
  {
    atMs: 1_040,
    provider: { type: 'request', responseId: 'r1', prompt: question.transcript, stream: true },
  },
  { atMs: 1_240, provider: { type: 'first-token', responseId: 'r1', kind: 'answer' } },
  { atMs: 1_640, provider: { type: 'text-out', responseId: 'r1', text: sentText, tokens: 9 } },
  { atMs: 1_641, provider: { type: 'response-done', responseId: 'r1', status: 'completed' } },
];

/** The board takes the question, prints the answer as it comes, and is done at 1 700. */
export const printing = (text = sentText, complete = true): readonly TextStep[] => [
  { atMs: 1_010, board: { type: 'asking', text: question.transcript }, deviceAtMs: 5_005 },
  { atMs: 1_045, board: { type: 'request-sent' }, deviceAtMs: 5_040 },
  { atMs: 1_250, board: { type: 'first-text' }, deviceAtMs: 5_246 },
  { atMs: 1_700, board: { type: 'answer', text, complete }, deviceAtMs: 5_690 },
];

/** A turn in writing in which this happened. */
export function textTurnOf(steps: readonly TextStep[], over: Partial<TextTurnRecord> = {}): TextTurnRecord {
  const providerEvents: ProviderEvent[] = [];
  const boardEvents: BoardEvent[] = [];
  const consoleLines: ConsoleLine[] = [];
  for (const step of [...steps].sort((a, b) => a.atMs - b.atMs)) {
    const { atMs: hostAtMs } = step;
    if ('provider' in step) {
      providerEvents.push({ ...step.provider, seq: providerEvents.length, hostAtMs });
      continue;
    }
    const { board, deviceAtMs } = step;
    const lineIndex = consoleLines.length;
    const stamp = { hostAtMs, boot: 1, ...(deviceAtMs === undefined ? {} : { deviceAtMs }) };
    boardEvents.push({ ...board, ...stamp, lineIndex });
    consoleLines.push({ ...stamp, index: lineIndex, text: board.type, byteOffset: lineIndex * 40 });
  }
  return {
    schema: 'earshot/text-turn@1',
    kind: 'text',
    turnId: 't0001',
    boardName: 'board-1',
    session: 1,
    turnInSession: 1,
    prompt: question,
    askedAtHostMs: ASKED_AT_MS,
    startedAtHostMs: ASKED_AT_MS,
    startedAtUnixMs: Date.UTC(2026, 10, 21, 6, 0, 0),
    endedAtHostMs: Math.max(ASKED_AT_MS, ...steps.map(({ atMs }) => atMs)),
    ending: 'answered',
    deadlineMs: 8_000,
    consoleLines,
    consoleLink: { kind: 'usb' },
    boardEvents,
    providerEvents,
    faults: [],
    ...over,
  };
}
