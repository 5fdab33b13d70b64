import type { ChipPins, ModemLines, ModemWiring } from './modem-lines';

/**
 * The chip's own USB-Serial-JTAG, which has no pins to pull (device.md section 4). By (RTS, DTR): 0,0 clears the download flag, 0,1
 * sets it, 1,0 resets the chip, into download mode when the flag is set, and 1,1 does nothing.
 */
export class UsbSerialJtag implements ModemWiring {
  private isDownloadAsked = false;
  private lines: ModemLines = { dtr: false, rts: false };

  constructor(private readonly chip: Pick<ChipPins, 'reset'>) {}

  set(lines: ModemLines): void {
    const { dtr, rts } = lines;
    const isChange = dtr !== this.lines.dtr || rts !== this.lines.rts;
    this.lines = lines;
    if (!rts) this.isDownloadAsked = dtr;
    else if (!dtr && isChange) this.chip.reset({ gpio0: this.isDownloadAsked ? 'low' : 'high' });
  }
}
