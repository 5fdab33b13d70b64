/** Steps of a reset by name; docs/resetting.md says what each does. */
export const resetStepNames = [
  'hard',
  'hard-slow',
  'monitor',
  'usb-jtag',
  'classic',
  'classic-slow',
  'tight',
  'tight-slow',
  'repl',
  'watchdog',
  'power',
] as const;

export type ResetStepName = (typeof resetStepNames)[number];

/** Those of them that leave the chip in its download mode, from which a later step has to get it out. */
export const downloadSteps: readonly ResetStepName[] = [
  'usb-jtag',
  'classic',
  'classic-slow',
  'tight',
  'tight-slow',
];

/** A step by name, or a sequence of a team's own as `readLineSequence` takes it. */
export type ResetStepChoice = ResetStepName | { readonly sequence: string };

/** The steps of a board's reset, tried in this order; `auto`: what fits its port. */
export type ResetChoice = 'auto' | readonly ResetStepChoice[];
