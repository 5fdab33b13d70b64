import { readEnvironment } from '../config';
import { createRedactor, type RedactingStream, type Redactor } from '../run';

/** Not what is secret, but that the environment cannot be read: whoever asked has its own way to say so. */
function secretsNow(): readonly string[] {
  try {
    return readEnvironment().secrets;
  } catch {
    return [];
  }
}

/** Text for a terminal, which CI keeps as a log for all to read, without the secrets that this process knows by now. */
export const masked = (text: string): string => createRedactor(secretsNow()).text(text);

/** The same for bytes that come in pieces and go into a file. */
export const maskedStream = (): RedactingStream => createRedactor(secretsNow()).stream();

/** The same for output that goes on; what is secret has to be known at its first line. */
export function maskedOutput(write: (text: string) => void): (text: string) => void {
  let redactor: Redactor | undefined;
  return (text) => write((redactor ??= createRedactor(secretsNow())).text(text));
}
