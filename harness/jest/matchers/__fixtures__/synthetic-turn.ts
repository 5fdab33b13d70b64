import type { TurnResult } from '../../../host';
import { hopsOf } from '../../../measurement/call-hops';
import { matchCalls } from '../../../measurement/calls';
import { TurnConsole } from '../../../measurement/device-marks';
import type { ReplyCheck, TurnMeasurement } from '../../../measurement';
import type { BoardEvent, ConsoleLine, ProviderEvent, TurnRecord } from '../../../ports';

type Arguments = Readonly<Record<string, unknown>>;

/** What happens in a turn, in order, 10 ms apart from 100 ms after the prompt's end on. */
export type Step =
  | { readonly asks: string; readonly args: Arguments; readonly callId?: string }
  /** `args` absent: the firmware printed no JSON. */
  | { readonly runs: string; readonly args?: Arguments; readonly callId?: string; readonly repeated?: true }
  | { readonly light: boolean }
  | { readonly volume: number }
  | { readonly prints: string }
  | { readonly output: string };

export const PROMPT_ENDS_AT_MS = 3_000;

const clip = (id: string, transcript: string) => ({ id, utterance: id.replace(/-a$/, ''), transcript });

/** The reply of the corpus that these turns are answered with. */
export const reply = clip('en-door-is-open-a', 'The front door is open now');

export const foundReply: ReplyCheck = {
  state: 'found',
  replyId: reply.id,
  completeness: 1,
  missingMs: 0,
  levelDbFs: -20,
  confidence: 9,
  driftPpm: 0,
};

/** A turn as the host hands it to a suite, its calls matched by the code that does so on a bench. */
export function turnOf(
  steps: readonly Step[],
  over: {
    readonly measurement?: Partial<TurnMeasurement>;
    readonly record?: Partial<TurnRecord>;
    readonly findings?: TurnResult['findings'];
  } = {},
): TurnResult {
  const boardEvents: BoardEvent[] = [];
  const providerEvents: ProviderEvent[] = [];
  const consoleLines: ConsoleLine[] = [];
  const print = (text: string, hostAtMs: number) => {
    const index = consoleLines.length;
    consoleLines.push({ index, text, boot: 1, hostAtMs, byteOffset: index * 40 });
    return { hostAtMs, boot: 1, lineIndex: index };
  };
  steps.forEach((step, index) => {
    const hostAtMs = PROMPT_ENDS_AT_MS + 100 + index * 10;
    const stamp = { seq: index, hostAtMs, sessionId: 's1' };
    if ('asks' in step) {
      const { asks: name, args, callId = `call_${index}` } = step;
      providerEvents.push({ ...stamp, type: 'tool-call', responseId: 'r1', callId, name, arguments: args });
    } else if ('output' in step) {
      providerEvents.push({ ...stamp, type: 'tool-output', callId: step.output, output: '{"ok":true}' });
    } else if ('runs' in step) {
      const { runs: name, args, callId, repeated } = step;
      boardEvents.push({
        ...print(
          `Function Call name=${name} args=${args === undefined ? '{broken' : JSON.stringify(args)}`,
          hostAtMs,
        ),
        type: 'function-call',
        name,
        ...(callId === undefined ? {} : { callId }),
        ...(args === undefined ? {} : { arguments: args }),
        ...(repeated === undefined ? {} : { repeated }),
      });
    } else if ('light' in step) {
      const printed = print(`Light set to ${step.light ? 'ON' : 'OFF'}`, hostAtMs);
      boardEvents.push({ ...printed, type: 'light', on: step.light });
    } else if ('volume' in step) {
      boardEvents.push({
        ...print(`Volume set to ${step.volume}`, hostAtMs),
        type: 'volume',
        value: step.volume,
      });
    } else {
      boardEvents.push({
        ...print(`Transcript: ${step.prints}`, hostAtMs),
        type: 'transcript',
        text: step.prints,
      });
    }
  });
  const record = {
    turnId: 't0001',
    startedAtHostMs: 1_000,
    endedAtHostMs: 9_000,
    prompt: clip('en-door-open-a', 'Please open the front door'),
    expected: { utterance: 'en-door-open', calls: [], spoken: true },
    replies: [{ responseId: 'r1', itemId: 'i1', clip: reply }],
    faults: [],
    consoleLines,
    boardEvents,
    providerEvents,
    ...over.record,
  } as unknown as TurnRecord;
  const promptOffset = { name: 'promptOffset', hostAtMs: PROMPT_ENDS_AT_MS, uncertaintyMs: 0.01 } as const;
  return {
    record,
    measurement: {
      witness: { onLoopback: true, asBleed: true, receivedLevelDbFs: -20 },
      turnId: 't0001',
      marks: [promptOffset],
      calls: matchCalls(record).map((call) => ({
        ...call.observation,
        hops: hopsOf(record, call, new TurnConsole(record), promptOffset),
      })),
      reply: foundReply,
      ...over.measurement,
    } as TurnMeasurement,
    findings: over.findings ?? [],
  };
}
