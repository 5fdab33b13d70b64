import type { BoardEvent, ConsoleLine, FunctionCall, ProviderEvent, SpeechClip } from '../../ports';
import { lateStamps, type Uplink } from './uplink';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { min, round } = Math;

/** Packets of a reply: 100 ms each, sent four times faster than they play. */
const PACKET_MS = 100;
const SEND_EVERY_MS = 25;
/** Silence that a provider has to see before it decides, as its `endpoint` event says where the speech ended. */
const DECISION_SILENCE_MS = 200;

export interface DialogueConditions {
  readonly prompt: SpeechClip;
  readonly reply: SpeechClip;
  readonly calls: readonly FunctionCall[];
  readonly promptEndsAtMs: number;
  readonly uplink: Uplink;
  /** The provider's decision after the prompt's arrival; negative: it decided early. */
  readonly endpointAfterMs: number;
  /** As in `UplinkConditions`; above 0, console lines are late by up to a USB frame of 1 ms on top. */
  readonly stampLatenessMs: number;
  readonly uniform: () => number;
  readonly uniformOfStamps: () => number;
}

/** What provider and board did, and when, on the host's clock. */
export interface Dialogue {
  readonly providerEvents: readonly ProviderEvent[];
  readonly boardEvents: readonly BoardEvent[];
  readonly consoleLines: readonly ConsoleLine[];
  readonly endpointAtMs: number;
  /** First packet of the reply. */
  readonly replySentAtMs: number;
  /** First executed call; NaN without calls. */
  readonly calledAtMs: number;
}

const USB_FRAME_MS = 1;

/** A turn's events at a provider and on a board's console, in order. */
export function simulateDialogue(conditions: DialogueConditions): Dialogue {
  const { prompt, reply, calls, promptEndsAtMs, uplink, endpointAfterMs, uniform } = conditions;
  const { sessionId } = uplink.received;
  let seq = 0;
  const lateness = lateStamps(conditions.stampLatenessMs, conditions.uniformOfStamps);
  const frame = (): number =>
    conditions.stampLatenessMs === 0 ? 0 : USB_FRAME_MS * conditions.uniformOfStamps();
  const stamp = (atMs: number) => ({ seq: seq++, hostAtMs: atMs + lateness(), sessionId });
  const endpointAtMs = uplink.endAtMs + endpointAfterMs + 10 * uniform();
  const spokenUntil = uplink.streamAt(endpointAtMs - DECISION_SILENCE_MS);
  const events: ProviderEvent[] = [
    {
      ...stamp(promptEndsAtMs - 1200),
      type: 'speech-started',
      onsetAtStreamSample: round(uplink.streamAt(promptEndsAtMs - 1400)),
    },
    {
      ...stamp(endpointAtMs),
      type: 'endpoint',
      offsetAtStreamSample: round(min(uplink.offsetAtStreamSample, spokenUntil)),
    },
    {
      ...stamp(endpointAtMs + 5),
      type: 'heard',
      promptId: prompt.id,
      utterance: prompt.utterance,
      confidence: 0.9,
    },
  ];
  const boardEvents: BoardEvent[] = [];
  const consoleLines: ConsoleLine[] = [];
  let nowMs = endpointAtMs + 20;
  const print = (text: string) => {
    nowMs += 1;
    const index = consoleLines.length;
    const hostAtMs = nowMs + frame() + lateness();
    consoleLines.push({ index, text, boot: 1, hostAtMs, byteOffset: 60 * index });
    return { hostAtMs, boot: 1, lineIndex: index };
  };
  let calledAtMs = NaN;
  if (calls.length > 0) {
    events.push({ ...stamp(nowMs), type: 'response-started', responseId: 'r0', trigger: 'turn-detected' });
    for (const [n, { name, arguments: given }] of calls.entries()) {
      nowMs += 40;
      const callId = `call_${n}`;
      events.push({ ...stamp(nowMs), type: 'tool-call', responseId: 'r0', callId, name, arguments: given });
      nowMs += 20;
      boardEvents.push({
        ...print(`Function Call name=${name} call_id=${callId} args=${JSON.stringify(given)}`),
        type: 'function-call',
        name,
        callId,
        arguments: given,
      });
      calledAtMs = Number.isNaN(calledAtMs) ? nowMs : calledAtMs;
      if (typeof given['LightState'] === 'boolean') {
        const on = given['LightState'];
        boardEvents.push({ ...print(`Light set to ${on ? 'ON' : 'OFF'}`), type: 'light', on });
      }
      nowMs += 10;
      events.push({ ...stamp(nowMs), type: 'tool-output', callId, output: 'ok' });
    }
    events.push({ ...stamp(nowMs + 1), type: 'response-done', responseId: 'r0', status: 'completed' });
  }
  nowMs += 30;
  events.push({ ...stamp(nowMs), type: 'response-started', responseId: 'r1', trigger: 'client' });
  nowMs += 80 + 160 * uniform();

  const replySentAtMs = nowMs;
  const packetSamples = (reply.rateHz * PACKET_MS) / 1000;
  for (let fromSample = 0; fromSample < reply.lengthSamples; fromSample += packetSamples) {
    const lengthSamples = min(packetSamples, reply.lengthSamples - fromSample);
    events.push({
      ...stamp(nowMs),
      type: 'audio-out',
      responseId: 'r1',
      itemId: 'i1',
      replyId: reply.id,
      rateHz: reply.rateHz,
      fromSample,
      lengthSamples,
    });
    nowMs += SEND_EVERY_MS;
  }
  events.push({ ...stamp(nowMs), type: 'response-done', responseId: 'r1', status: 'completed' });
  return {
    providerEvents: events,
    boardEvents,
    consoleLines,
    endpointAtMs,
    replySentAtMs,
    calledAtMs,
  };
}
