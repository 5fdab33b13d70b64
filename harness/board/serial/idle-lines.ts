import type { nativeUsbOf } from './console-link';
import type { ModemLines } from './serial-transport';

/**
 * Lines of a port that nobody resets. Both released: neither pin is pulled, and closing moves no line. A port that firmware emulates with
 * TinyUSB has no pins behind its lines, and takes DTR for the sign that somebody reads: without it what was not read in time is
 * written over (`cdcd_control_xfer_cb` of TinyUSB), and output is lost. RTS with it keeps clear of the gesture that MicroPython takes
 * for the way into its bootloader, DTR alone after RTS alone.
 */
export function idleLines(usb: Awaited<ReturnType<typeof nativeUsbOf>>): ModemLines {
  const isRead = usb === 'tiny-usb';
  return { dtr: isRead, rts: isRead };
}
