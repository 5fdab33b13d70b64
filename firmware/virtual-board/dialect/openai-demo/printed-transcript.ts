const KEY = 'transcript":';

/**
 * What the demo takes for a transcript in a message of the service, whatever its type: the text between the next two quotation
 * marks behind the key. An escaped mark therefore ends it, and of `null` it is the next word in quotation marks.
 * @returns undefined where nothing is printed.
 */
export function printedTranscript(message: string): string | undefined {
  const key = message.indexOf(KEY);
  if (key < 0) return undefined;
  const start = message.indexOf('"', key + KEY.length);
  const end = start < 0 ? -1 : message.indexOf('"', start + 1);
  return end < 0 ? undefined : message.slice(start + 1, end);
}
