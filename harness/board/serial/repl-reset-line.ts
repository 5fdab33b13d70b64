import type { Clock } from '../../ports';
import type { ResetLine } from './reset-line';
import type { SerialTransport } from './serial-transport';

const CTRL_C = Buffer.of(3);
const CTRL_D = Buffer.of(4);
/** The REPL's prompt, which stands at the end of what has been printed. */
const PROMPT = '>>> ';
/** Between two tries to interrupt a script: MicroPython's own tools wait as long (device.md section 8). */
const INTERRUPT_EVERY_MS = 100;
/** A call to the network blocks, and is interrupted only when it is over. */
const INTERRUPT_TRIES = 50;

/**
 * Resets MicroPython by its REPL: interrupts the script, and has it start anew once the prompt is there (Ctrl-C, Ctrl-D). On
 * native USB there is no other way, since its firmware emulates the port and the modem lines pull no pin. Registers of the chip and
 * what peripherals hold outlive it. A board that never shows its prompt is told to start anew all the same; what it prints of
 * that is for whoever waits for its boot.
 */
export const replResetLine = (transport: SerialTransport, clock: Clock): ResetLine => ({
  async reset() {
    let seen = '';
    let atPrompt = (): void => undefined;
    const cancel = transport.onBytes((bytes) => {
      seen = (seen + bytes.toString('latin1')).slice(-PROMPT.length);
      if (seen === PROMPT) atPrompt();
    });
    try {
      for (let tries = 0; tries < INTERRUPT_TRIES && seen !== PROMPT; tries += 1) {
        const prompted = new Promise<void>((resolve) => {
          const cancelTimer = clock.after(INTERRUPT_EVERY_MS, resolve);
          atPrompt = () => {
            cancelTimer();
            resolve();
          };
        });
        await transport.write(CTRL_C);
        await prompted;
      }
    } finally {
      cancel();
    }
    await transport.write(CTRL_D);
  },
});
