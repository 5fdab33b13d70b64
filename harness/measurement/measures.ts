/** One measure, declared before it is taken: what it is called, where it begins and ends. All are in milliseconds. */
export interface MeasureDeclaration {
  readonly name: MeasureName;
  readonly title: string;
  readonly begins: string;
  readonly ends: string;
}

export const measureNames = [
  'voiceToVoice',
  'timeToFunctionCall',
  'uplink',
  'endpointing',
  'ttfa',
  'downlink',
] as const;
export type MeasureName = (typeof measureNames)[number];

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
    ends: 'console line that reports the executed call',
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
    ends: 'the packet that holds the annotated onset of the reply leaves the provider',
  },
  downlink: {
    name: 'downlink',
    title: 'downlink and playout',
    begins: 'the packet that holds the annotated onset of the reply leaves the provider',
    ends: 'first speech sample of the reply on the speaker channel',
  },
};
