/** Names of faults that `--fault` takes; a test holds them against the bench's own table. */
export const faultChoices = [
  'dead-mic',
  'dead-speaker',
  'lost-call',
  'double-call',
  'wrong-argument',
  'panic-mid-reply',
  'no-boot',
  'cut-reply',
  'stutter',
  'slow-leak',
  'wrong-rate',
  'echo-leak',
  'no-barge-in',
  'wrong-project',
  'garbled-answer',
  'lost-answer',
  'no-sntp',
  'no-wifi',
  'provider-killed',
  'port-unplugged',
] as const;

/** Those of them that a board has from the start. */
export const boardFaultChoices = faultChoices.filter(
  (fault) => fault !== 'provider-killed' && fault !== 'port-unplugged',
);
