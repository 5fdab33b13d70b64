import type { BoardClock, Cancel } from '../board-clock';
import type { ChipPins, ModemLines, ModemWiring } from './modem-lines';

/**
 * EN rises through 10 kΩ into 1 µF, and the chip starts at three quarters of its supply (ESP32-S3 datasheet, VIH of CHIP_PU):
 * 10 ms · ln 4.
 */
export const EN_RISE_MS = 14;

/**
 * The usual circuit behind a UART bridge (device.md section 4): RTS alone pulls EN low, DTR alone GPIO0; both or none of them pull
 * nothing. EN falls at once and rises slowly, and GPIO0 is looked at when it has risen, not when RTS was let go.
 */
export class TwoTransistors implements ModemWiring {
  private isEnLow = false;
  private isGpio0Low = false;
  private rising: Cancel | undefined;

  constructor(
    private readonly chip: ChipPins,
    private readonly clock: BoardClock,
    private readonly enRiseMs = EN_RISE_MS,
  ) {}

  set({ dtr, rts }: ModemLines): void {
    this.isGpio0Low = dtr && !rts;
    const isEnPulled = rts && !dtr;
    if (isEnPulled) this.pullEn();
    else if (this.isEnLow) this.rising ??= this.clock.after(this.enRiseMs, () => this.start());
  }

  private pullEn(): void {
    this.rising?.();
    this.rising = undefined;
    if (this.isEnLow) return;
    this.isEnLow = true;
    this.chip.hold();
  }

  private start(): void {
    this.rising = undefined;
    this.isEnLow = false;
    this.chip.reset({ gpio0: this.isGpio0Low ? 'low' : 'high' });
  }
}
