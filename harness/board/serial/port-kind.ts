import type { SerialPortDescription } from './list-ports';

/** What has a serial port, by vendor and product (device.md section 4). */
const kinds: Readonly<Record<string, string>> = {
  '303a:1001': 'native USB of an ESP32-S3 (USB-Serial-JTAG), as on AtomS3R',
  '303a:1002': "Espressif's USB bridge (ESP-Prog-2)",
  '303a:0009': "download mode of an ESP32-S3's USB-OTG",
  '303a:4001': 'USB that firmware emulates (TinyUSB), as MicroPython does',
  '10c4:ea60': 'CP210x bridge, as on Korvo-2 and many DevKitCs',
  '10c4:ea64': 'CP2102C bridge',
  '1a86:7523': 'CH340 bridge',
  '1a86:5523': 'CH341 bridge',
  '1a86:55d3': 'CH343 bridge',
  '1a86:55d4': 'CH9102 bridge',
  '0403:6001': 'FT232R bridge',
  '0403:6010': 'FT2232 bridge (ESP-Prog: its second interface is the UART)',
  '0403:6014': 'FT232H bridge',
  '0403:6015': 'FT-X bridge',
};

/** What a port likely is, in words; undefined where USB says nothing, or nothing that is known. */
export const portKind = ({ vendorId, productId }: SerialPortDescription): string | undefined =>
  kinds[`${vendorId ?? ''}:${productId ?? ''}`];
