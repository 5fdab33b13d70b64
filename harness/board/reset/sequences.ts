import { readLineSequence, type LineStep, type ResetStepName } from '../../ports';

/** Steps that are nothing but a sequence on DTR and RTS. */
export type SequenceName = Exclude<ResetStepName, 'repl' | 'watchdog' | 'power'>;

/**
 * What is done to DTR and RTS, in esptool's own words (device.md section 4, from esptool 5.3.1). `hard`, `hard-slow` (esptool's timing
 * for USB-OTG) and `monitor` (idf_monitor's 5 ms) run the application; `usb-jtag`, `classic` and `tight` enter download mode, `-slow`
 * with half a second more for boards whose EN rises slowly. On the usual two transistors RTS alone pulls EN low and DTR alone
 * GPIO0; to a USB-Serial-JTAG, RTS alone is the command to reset, and DTR alone before it the one to wait for a download.
 */
const texts: Readonly<Record<SequenceName, string>> = {
  hard: 'D0|R1|W0.1|R0',
  'hard-slow': 'D0|R1|W0.2|R0|W0.2',
  monitor: 'D0|R1|W0.005|R0',
  'usb-jtag': 'R0|D0|W0.1|D1|R0|W0.1|R1|D0|R1|W0.1|D0|R0',
  classic: 'D0|R1|W0.1|D1|R0|W0.05|D0',
  'classic-slow': 'D0|R1|W0.1|D1|R0|W0.55|D0',
  tight: 'U0,0|U1,1|U0,1|W0.1|U1,0|W0.05|U0,0|D0',
  'tight-slow': 'U0,0|U1,1|U0,1|W0.1|U1,0|W0.55|U0,0|D0',
};

/** The steps of a sequence that Earshot knows by name. */
export const namedSequence = (name: SequenceName): readonly LineStep[] => lineSequence(texts[name]);

/** @throws RangeError what is wrong with it. */
export function lineSequence(text: string): readonly LineStep[] {
  const steps = readLineSequence(text);
  if (typeof steps === 'string') throw new RangeError(`The sequence "${text}" cannot be played: ${steps}.`);
  return steps;
}
