/**
 * What a mock can be told to do wrong: the rows of docs/provider-faults.md. What it looks like on the wire differs by
 * protocol; a mock whose protocol has no such fault ignores it.
 */
export const providerFaults = [
  'bad-key',
  'clock-skew',
  'expired-credential',
  'rate-limit',
  'content-blocked',
  'too-long',
  'slow-first-token',
  'mid-stream-death',
  'mid-stream-stall',
  'wrong-framing',
  'session-end',
  'duplicate',
  'wrong-status',
  'answer-too-long',
  'error-as-answer',
  'unavailable',
  'redirect',
  'no-session-created',
  'no-data-channel',
  'dtls-refused',
  'peer-silent',
  'audio-stops',
  'channel-closes',
] as const;

export type ProviderFault = (typeof providerFaults)[number];
