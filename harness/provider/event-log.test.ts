import type { ProviderEvent } from '../ports';
import { ManualClock } from '../board/__fixtures__/manual-clock';
import { EventLog } from './event-log';

describe('EventLog', () => {
  it('tells every listener, also after one that threw, and hands on what was thrown', () => {
    const thrown: unknown[] = [];
    const log = new EventLog(new ManualClock(7), (error) => thrown.push(error));
    const told: ProviderEvent[] = [];
    const fault = new Error('a listener of the host');
    log.onEvent(() => {
      throw fault;
    });
    log.onEvent((event) => told.push(event));
    log.emit({ type: 'session-open', sessionId: 's' });
    expect(told).toEqual([{ type: 'session-open', sessionId: 's', seq: 0, hostAtMs: 7 }]);
    expect([...log.events]).toEqual(told);
    expect(thrown).toEqual([fault]);
  });
});
