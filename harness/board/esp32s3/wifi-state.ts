import { isStamped, parseLogLine } from '../console';
import type { LineReader } from '../event-body';

/** `state: run -> init (0xc800)`: out of the state in which a station has joined; in brackets what for, in the driver's own numbers. */
const LEFT = /^state: (run -> (?!run\b).+)$/;

/** Reads from the Wi-Fi driver, which every firmware of ESP-IDF is linked with, that the board has lost its access point. */
export const readWifiState: LineReader = ({ text, truncated }) => {
  // Looked for first: each line of the stream passes here.
  if (truncated === true || !text.includes('state: run -> ')) return [];
  const log = parseLogLine(text);
  const [, reason] = (isStamped(log) && log.tag === 'wifi' && LEFT.exec(log.message)) || [];
  return reason === undefined ? [] : [{ type: 'network-lost', reason }];
};
