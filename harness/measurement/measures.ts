/** One measure, declared before it is taken: what it is called, where it begins and ends. All are in milliseconds. */
export interface MeasureDeclaration {
  readonly name: MeasureName;
  readonly title: string;
  readonly begins: string;
  readonly ends: string;
}

/** Measures of spoken turns. */
export const soundMeasureNames = [
  'voiceToVoice',
  'timeToFunctionCall',
  'timeToConfirmation',
  'uplink',
  'endpointing',
  'ttfa',
  'replyLeadIn',
  'downlink',
  'bargeInStop',
] as const;
export type SoundMeasureName = (typeof soundMeasureNames)[number];

/** Measures of turns in writing. */
export const textMeasureNames = [
  'questionToAnswer',
  'timeToFirstToken',
  'totalTime',
  'boardTimeToFirstText',
] as const;
export type TextMeasureName = (typeof textMeasureNames)[number];

export const measureNames = [...soundMeasureNames, ...textMeasureNames] as const;
export type MeasureName = (typeof measureNames)[number];

/** The parts of voice-to-voice in the order of the turn: they touch, do not overlap, and their sum is voice-to-voice. */
export const partNames = [
  'uplink',
  'endpointing',
  'ttfa',
  'replyLeadIn',
  'downlink',
] as const satisfies readonly SoundMeasureName[];

export const measures: Readonly<Record<MeasureName, MeasureDeclaration>> = {
  voiceToVoice: {
    name: 'voiceToVoice',
    title: 'voice-to-voice',
    begins: 'last speech sample of the prompt on the loopback channel',
    ends: 'first speech sample of the reply on the speaker channel',
  },
  timeToFunctionCall: {
    name: 'timeToFunctionCall',
    title: 'time to function call',
    begins: 'last speech sample of the prompt on the loopback channel',
    ends: 'the firmware reports the executed call: its own stamp of the console line, or the arrival of that line',
  },
  timeToConfirmation: {
    name: 'timeToConfirmation',
    title: 'time to spoken confirmation',
    begins: 'last speech sample of the prompt on the loopback channel',
    ends: 'first speech sample, on the speaker channel, of the first reply sent after the call was executed',
  },
  uplink: {
    name: 'uplink',
    title: 'uplink',
    begins: 'last speech sample of the prompt on the loopback channel',
    ends: 'arrival at the provider of the packet that holds it',
  },
  endpointing: {
    name: 'endpointing',
    title: 'endpointing',
    begins: 'arrival at the provider of the packet that holds the last speech sample',
    ends: "the provider's decision that the user stopped",
  },
  ttfa: {
    name: 'ttfa',
    title: 'time to first audio',
    begins: "the provider's decision that the user stopped",
    ends: 'the first packet of the reply leaves the provider',
  },
  replyLeadIn: {
    name: 'replyLeadIn',
    title: 'reply lead-in',
    begins: 'first sample of the reply that was sent, silence as it may be',
    ends: 'first speech sample of the reply, both in the clip and at the pace of playing',
  },
  downlink: {
    name: 'downlink',
    title: 'downlink and playout',
    begins: 'the first packet of the reply leaves the provider',
    ends: 'its first sample on the speaker channel: the first speech sample there less the lead-in',
  },
  bargeInStop: {
    name: 'bargeInStop',
    title: 'barge-in stop',
    begins: 'first speech sample of the interrupting prompt on the loopback channel',
    ends: 'the reply falls silent on the speaker channel',
  },
  questionToAnswer: {
    name: 'questionToAnswer',
    title: 'question to answer',
    begins: 'the question was typed; the request arrived at the provider where the board asks by itself',
    ends: 'the board has printed the whole answer',
  },
  timeToFirstToken: {
    name: 'timeToFirstToken',
    title: 'time to first token',
    begins: 'the last byte of the request arrived at the provider',
    ends: 'the first written token of the answer leaves the provider, its reasoning not counted; the answer where it is not streamed',
  },
  totalTime: {
    name: 'totalTime',
    title: 'total time',
    begins: 'the last byte of the request arrived at the provider',
    ends: 'the last byte of the answer leaves the provider',
  },
  boardTimeToFirstText: {
    name: 'boardTimeToFirstText',
    title: "board's time to first text",
    begins: 'the board reports that its request left',
    ends: 'the board reports the first text of the answer',
  },
};
