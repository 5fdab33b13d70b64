/** What can be wrong with a rig, by what a person has to do about it. */
export const rigFaults = {
  muted:
    'Unmute the output and the inputs and turn them up (`alsamixer`, `pavucontrol`), then check that the output is the card that is wired and that the loopback cable is plugged in.',
  'no-loopback': 'Plug the loopback cable from the output into the input that the bench file calls loopback.',
  'swapped-channels': 'Swap the cables of the two inputs, or their roles in the bench file.',
  'same-channels':
    'Let the card record its two inputs apart: both channels hold the same sound, as a mono input does that is copied.',
  'wrong-rate':
    'Set card, sound server and bench file to the same rate, and open the card itself (`hw:`) where something resamples.',
  clipped: 'Turn the input down, or the output, until the loudest probe comes back whole.',
  'too-quiet': 'Turn the output and the loopback input up.',
  'dropped-periods':
    'Give the sound more buffer, close other work on this machine, and plug the card into a USB socket of its own.',
  noisy:
    'Find what makes the noise: a long unshielded cable, an open input, a fan, or an input that is turned up too far.',
  hum: 'Isolate the rig from the board (transformer or USB isolator), or feed both from one socket.',
  'not-linear':
    'Switch off whatever changes levels by itself: automatic gain, noise suppression, echo cancellation, loudness.',
  'two-clocks':
    'Use one card for playback and capture: two have two clocks, and the round trip moves with them.',
  unsteady: 'Use a steadier buffer: the way through the rig is not equally long each time.',
  'not-heard':
    'Turn the playback up, or bring the rig nearer to the board: what is played has to be heard on some channel.',
} as const;

export type RigFault = keyof typeof rigFaults;

/** One line of what was found, for a person. */
export interface RigCheckLine {
  /** What was looked at. */
  readonly check:
    | 'playback'
    | 'loopback'
    | 'channels'
    | 'rate'
    | 'levels'
    | 'noise'
    | 'round-trip'
    | 'clock'
    | 'continuity'
    | 'linearity';
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was seen, with units. */
  readonly text: string;
  /** Absent: nothing is wrong. */
  readonly fault?: RigFault;
  /** What to do about it. */
  readonly remedy?: string;
}

export const okLine = (check: RigCheckLine['check'], text: string): RigCheckLine => ({
  check,
  status: 'ok',
  text,
});

/** A line that says what is wrong and what to do. */
export const faultLine = (
  check: RigCheckLine['check'],
  status: 'warn' | 'fail',
  fault: RigFault,
  text: string,
): RigCheckLine => ({ check, status, text, fault, remedy: rigFaults[fault] });
