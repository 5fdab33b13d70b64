/** Longest arguments that a line shows. */
const LONGEST = 160;

/** A call as a person writes it: `SetVolume({"volume":40})`; `…` for any arguments. */
export function showCall(name: string, args: unknown): string {
  const text = args === undefined ? '…' : JSON.stringify(args);
  return `${name}(${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text})`;
}

/** The same for what a firmware printed, where no arguments are no JSON. */
export const showRun = (name: string, args: unknown): string =>
  args === undefined ? `${name}(no JSON object)` : showCall(name, args);
