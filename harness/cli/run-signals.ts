/** What an interruption tells: to end in order, and to whoever has waited for that, to end at once. */
const NOTICE = 'Interrupted: closing the bench and keeping what was recorded (once more to stop at once).';

/**
 * Tells of Ctrl-C, and of being asked to end, from now on.
 * @param interrupt - Called each time.
 * @param say - Takes what a person is told the first time.
 */
export function onInterrupt(interrupt: () => void, say: (text: string) => void): void {
  let count = 0;
  const interrupted = (): void => {
    count += 1;
    if (count === 1) say(NOTICE);
    interrupt();
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
}
