import type { LogLine } from '../console';
import type { EventBody } from '../event-body';

const SYNCHRONIZED = /^Time synchronized: (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;
const KISS_OF_DEATH = /^Kiss of death: (\S+)$/;

/** Reads how a board that prints it comes by the time (docs/dialect-text-chat.md, Clock). The dates are UTC. */
export function clockReader(): (log: LogLine) => readonly EventBody[] {
  let refusal: string | undefined;
  return ({ tag, message }) => {
    if (tag !== 'SNTP') return [];
    const set = SYNCHRONIZED.exec(message);
    if (set !== null) {
      const [year = 0, month = 0, day, hour, minute, second] = set.slice(1).map(Number);
      refusal = undefined;
      return [{ type: 'clock-set', unixMs: Date.UTC(year, month - 1, day, hour, minute, second) }];
    }
    const kiss = KISS_OF_DEATH.exec(message);
    if (kiss !== null) refusal = `the time server refused with ${kiss[1] ?? ''}`;
    if (!message.startsWith('Time not synchronized')) return [];
    return [{ type: 'clock-unset', ...(refusal === undefined ? {} : { reason: refusal }) }];
  };
}
