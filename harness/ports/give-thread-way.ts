import { getPriority, setPriority } from 'node:os';

/**
 * Lets everybody else go first on a machine that is busy: gives the calling thread this nice value, and the threads that it starts from
 * then on; one that gives way more already stays as it is. For a main thread this is the process as others see it. On Linux, where a nice
 * value is a thread's own; elsewhere nothing happens.
 * @param nice - 1 to 19: the share of a core falls by a fifth with each step.
 */
export function giveThreadWay(nice: number): void {
  if (process.platform === 'linux' && getPriority(0) < nice) setPriority(0, nice);
}
