/** A timer every 20 ms in a process of its own: what the machine does to one that has nothing else to do. Says how late, when asked. */
import { systemClock } from '../../ports';

const STEP_MS = 20;
const lateMs: number[] = [];
const startedAtMs = systemClock.nowMs();

function tick(step: number): void {
  const dueAtMs = startedAtMs + step * STEP_MS;
  systemClock.after(Math.max(0, dueAtMs - systemClock.nowMs()), () => {
    lateMs.push(systemClock.nowMs() - dueAtMs);
    if (process.connected) tick(step + 1);
  });
}

tick(1);
process.on('message', () => process.send?.(lateMs));
