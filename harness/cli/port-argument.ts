import { ConfigError } from '../errors';
import type { PortChoice, UsbPortChoice } from '../ports';

/** How help texts say what `--port` takes. */
export const PORT_FORMS =
  'path, rfc2217://HOST:PORT, or what USB tells: serial:NUMBER, usb:VID:PID, location:1-2.3, interface:N, with commas between';

const KEYS = /^(?:serial|usb|location|interface):/;

/**
 * The port that is meant by `--port`: `/dev/ttyUSB0`, `rfc2217://bench-pi`, `serial:7C:DF:A1:00:11:22`, `usb:10c4:ea60`,
 * `location:1-2.3`, `location:3-1,interface:1`.
 * @throws ConfigError `HIL_CONFIG_USAGE`.
 */
export function portChoiceOf(text: string): PortChoice {
  if (!KEYS.test(text)) return text;
  return Object.assign({}, ...text.split(',').map(partOf)) as UsbPortChoice;
}

function partOf(part: string): UsbPortChoice {
  const [, key = '', value = ''] = /^(\w+):(.+)$/.exec(part.trim()) ?? [];
  if (key === 'serial') return { serialNumber: value };
  if (key === 'location') return { location: value };
  const usb = /^([0-9a-f]{4}):([0-9a-f]{4})$/i.exec(value);
  if (key === 'usb' && usb !== null)
    return { vid: (usb[1] ?? '').toLowerCase(), pid: (usb[2] ?? '').toLowerCase() };
  if (key === 'interface' && /^\d{1,3}$/.test(value)) return { interface: Number(value) };
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `--port has "${part}"; expected serial:NUMBER, usb:VID:PID with four hex digits each, location:1-2.3 or interface:N.`,
    { port: part },
  );
}
