/** One step of what is done to DTR and RTS. What a step does not name stays as it is. */
export type LineStep = { readonly dtr?: boolean; readonly rts?: boolean } | { readonly waitMs: number };

/** Longer than any board needs between two steps, and short enough for a slip of the pen to be told from a hang. */
const LONGEST_WAIT_MS = 10_000;
const COMMAND = /^(?:([DR])([01])|W(\d+(?:\.\d+)?)|U([01]),([01]))$/;

/**
 * The steps of a sequence in the words of esptool's `custom_reset_sequence`: `D1` asserts DTR, `R0` lets RTS go, `U1,0` sets both at
 * once as DTR,RTS, `W0.1` waits so many seconds, `|` stands between two of them. Asserted means that the pin goes low. A string says
 * what is wrong instead, without a full stop.
 */
export function readLineSequence(text: string): readonly LineStep[] | string {
  const steps: LineStep[] = [];
  for (const command of text.split('|')) {
    const step = readCommand(command.trim());
    if (typeof step === 'string') return step;
    steps.push(step);
  }
  return steps.every((step) => 'waitMs' in step) ? 'it sets neither DTR nor RTS' : steps;
}

function readCommand(command: string): LineStep | string {
  const [, line, level, seconds, dtr, rts] = COMMAND.exec(command) ?? [];
  if (line === 'D') return { dtr: level === '1' };
  if (line === 'R') return { rts: level === '1' };
  if (dtr !== undefined) return { dtr: dtr === '1', rts: rts === '1' };
  if (seconds === undefined)
    return `"${command}" is no command of it; there are D0, D1, R0, R1, U1,0 and W0.1, with | between them`;
  const waitMs = Math.round(Number(seconds) * 1000);
  return waitMs <= LONGEST_WAIT_MS
    ? { waitMs }
    : `"${command}" waits longer than ${LONGEST_WAIT_MS / 1000} s; W takes seconds`;
}
