import type { Clock } from '../../ports';
import { Deadlines } from './deadlines';
import { defaultLimits } from './live-client';

it('begins no stage once it was stopped, so that no timer outlives the exchange', () => {
  const armed = new Set<number>();
  const clock: Clock = {
    nowMs: () => 0,
    after: (delayMs) => {
      armed.add(delayMs);
      return () => void armed.delete(delayMs);
    },
  };
  const deadlines = new Deadlines(clock, defaultLimits, () => undefined);
  deadlines.enter('connect');
  expect(armed).toEqual(new Set([defaultLimits.totalMs, defaultLimits.connectMs]));
  deadlines.enter('idle');
  expect(armed).toEqual(new Set([defaultLimits.totalMs, defaultLimits.idleMs]));
  deadlines.stop();
  deadlines.enter('first-byte');
  expect(armed).toEqual(new Set());
});
