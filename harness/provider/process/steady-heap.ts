/**
 * Options of V8 for a process that has to answer a socket within a millisecond or two. Young objects fit 4 MiB, so that collecting
 * them is short; and it is done by the thread that needs it: helper threads take the cores from sockets and recognition, which
 * then wait for each other. With 50 sessions on two cores this took the 99th percentile of the first write from 2.7 to 1.9 to 3.2 ms
 * over a bare echo, and the longest collection from 18 to 5 ms (`npm run bench:provider`).
 */
export const steadyHeapOptions: readonly string[] = ['--single-threaded-gc', '--max-semi-space-size=4'];
