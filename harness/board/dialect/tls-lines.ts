import type { LogLine } from '../console';
import type { EventBody } from '../event-body';

const VERIFICATION = /^verification info:\s*!?\s*(.+)$/;

/** Reads why ESP-IDF refused a certificate: mbedTLS gives the reason in a line of its own. */
export function readTls({ tag, message }: LogLine): readonly EventBody[] {
  if (tag !== 'esp-tls-mbedtls') return [];
  const [, reason] = VERIFICATION.exec(message) ?? [];
  return reason === undefined ? [] : [{ type: 'tls-refused', reason: reason.trim() }];
}
