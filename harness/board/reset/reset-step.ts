import type { Clock, Power, ResetChoice, ResetStepChoice } from '../../ports';
import { resetByWatchdog } from '../flash';
import {
  idleLines,
  replResetLine,
  nativeUsbOf,
  type ReattachingTransport,
  type ResetLine,
  type SerialTransport,
} from '../serial';
import { playSequence } from './play-sequence';
import { lineSequence, namedSequence } from './sequences';

/** One way to make a board start anew. */
export interface ResetStep {
  /** As bench files call it, or the sequence itself. */
  readonly name: string;
  /** It resets the chip for certain, so that silence after it is the board's own. Absent: only what the board prints shows whether it did. */
  readonly isCertain?: true;
  /** It talks to the ROM's loader: what comes meanwhile is no text. */
  readonly speaksToLoader?: true;
  /**
   * Resolves when the board has been let go; false when the port has no lines for it.
   * @param onSendingOff - Called by a step that boots the chip more than once, right before the boot that counts.
   * @throws BoardError of the port; `HIL_POWER_FAILED`, `HIL_FLASH_NO_LOADER`.
   */
  run(onSendingOff: () => void): Promise<boolean>;
}

/** What steps of a reset work on. */
export interface ResetMeans {
  readonly transport: SerialTransport;
  /** Knows when the port is away; undefined for one that does not come back. */
  readonly presence: Pick<ReattachingTransport, 'patiently' | 'present' | 'gapCount'> | undefined;
  /** Of the console. */
  readonly baudRate: number;
  readonly clock: Clock;
  /** What of the chip's own USB the port is; undefined for an adapter. */
  readonly usb: Awaited<ReturnType<typeof nativeUsbOf>>;
  /** Undefined: nobody can switch the board's power. */
  readonly power: Power | undefined;
  /** The firmware emulates its own USB port, as MicroPython does: its modem lines pull no pin. */
  readonly isEmulatedPort: boolean;
}

/** A wire that certainly resets the board, such as the control port of a virtual one. */
export const certainStep = (line: ResetLine): ResetStep => ({
  name: 'control',
  isCertain: true,
  run: () => line.reset().then(() => true),
});

/**
 * The steps of a board's reset, in the order in which they are tried. By itself: what runs the application, `hard` first, and the power
 * last where the bench can switch it; on the chip's own USB, which may stay in download mode through both, the watchdog ahead of that.
 * Sequences that enter download mode are for those who name them: where RTS reaches EN, `hard` has done all that they could.
 */
export function resetSteps(choice: ResetChoice, means: ResetMeans): readonly ResetStep[] {
  const { power, usb, isEmulatedPort } = means;
  const byLines: readonly ResetStepChoice[] = isEmulatedPort ? ['repl'] : ['hard', 'hard-slow'];
  const ofChip: readonly ResetStepChoice[] = usb === 'usb-serial-jtag' ? ['watchdog'] : [];
  const bySwitch: readonly ResetStepChoice[] = power === undefined ? [] : ['power'];
  const chosen = choice === 'auto' ? [...byLines, ...ofChip, ...bySwitch] : choice;
  return chosen.map((step) => stepOf(step, means));
}

/** What is known of a port and its board before USB was asked. */
export interface PortMeans extends Omit<ResetMeans, 'usb' | 'isEmulatedPort'> {
  /** As it was opened. */
  readonly path: string;
  readonly isMicroPython: boolean;
}

/** As `resetSteps`, for what USB tells of the port. */
export async function stepsOfPort(
  choice: ResetChoice,
  { path, isMicroPython, ...means }: PortMeans,
): Promise<readonly ResetStep[]> {
  const usb = await nativeUsbOf(path);
  return resetSteps(choice, { ...means, usb, isEmulatedPort: isMicroPython && usb === 'tiny-usb' });
}

function stepOf(step: ResetStepChoice, means: ResetMeans): ResetStep {
  const { transport, clock, usb } = means;
  if (step === 'watchdog') return watchdogStep(means);
  if (step === 'repl') {
    const line = replResetLine(transport, clock);
    return { name: step, run: () => line.reset().then(() => true) };
  }
  if (step === 'power') return powerStep(means);
  const isNamed = typeof step === 'string';
  const sequence = isNamed ? namedSequence(step) : lineSequence(step.sequence);
  return {
    name: isNamed ? step : step.sequence,
    run: () => playSequence(transport, sequence, clock, idleLines(usb)),
  };
}

/** Sends the chip into its loader by its own USB, and from there off by its watchdog. */
const watchdogStep = ({ transport, baudRate, clock, usb }: ResetMeans): ResetStep => ({
  name: 'watchdog',
  speaksToLoader: true,
  run: async (onSendingOff) => {
    if (!(await playSequence(transport, namedSequence('usb-jtag'), clock, idleLines(usb)))) return false;
    await resetByWatchdog({ transport, baudRate, clock }, onSendingOff);
    return true;
  },
});

/** Switches the power, and where the port went with it, resets the board again, which has booted unseen by then. */
const powerStep = ({ power, presence, transport, clock, usb, isEmulatedPort }: ResetMeans): ResetStep => ({
  name: power === undefined ? 'power' : `power (${power.name})`,
  run: async () => {
    if (power === undefined) return false;
    if (presence === undefined) {
      await power.cycle();
      return true;
    }
    const gapsBefore = presence.gapCount;
    await presence.patiently(() => power.cycle());
    if (presence.gapCount === gapsBefore) return true;
    await presence.present();
    if (isEmulatedPort) await replResetLine(transport, clock).reset();
    else await playSequence(transport, namedSequence('hard'), clock, idleLines(usb));
    return true;
  },
});
