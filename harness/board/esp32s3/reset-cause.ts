/** Reset causes of the ESP32-S3 by number, in words; the names that the ROM prints are partly unknown (device.md section 1.1). */
const causes: Readonly<Record<number, string>> = {
  0x01: 'power on',
  0x03: 'software system reset',
  0x05: 'deep-sleep wake',
  0x07: 'task watchdog',
  0x08: 'interrupt watchdog',
  0x09: 'RTC watchdog',
  0x0a: 'intrusion',
  0x0b: 'timer watchdog 0, CPU',
  0x0c: 'software CPU reset',
  0x0d: 'RTC watchdog, CPU',
  0x0f: 'brownout',
  0x10: 'RTC watchdog, whole chip',
  0x11: 'timer watchdog 1, CPU',
  0x12: 'super watchdog',
  0x13: 'clock glitch',
  0x14: 'eFuse CRC',
  0x15: 'USB-UART chip reset',
  0x16: 'USB-JTAG chip reset',
  0x17: 'power glitch',
};

/** The cause in words with its number, `power on (0x1)`; an unknown one keeps the name that the ROM printed. */
export function resetCause(code: number, printedName: string): string {
  return `${causes[code] ?? printedName} (0x${code.toString(16)})`;
}
