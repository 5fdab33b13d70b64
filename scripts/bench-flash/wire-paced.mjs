// An adapter in front of a pseudo-terminal, which by itself has no rate.
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;

/** The same port, but a write arrives when its last byte would have left the wire. */
export function wirePaced(port, firstBaudRate) {
  let baudRate = firstBaudRate;
  let freeAtMs = 0;
  return {
    path: port.path,
    onBytes: (listener) => port.onBytes(listener),
    onLost: (listener) => port.onLost(listener),
    setModemLines: (lines) => port.setModemLines(lines),
    close: () => port.close(),
    setBaudRate(wanted) {
      baudRate = wanted;
      return port.setBaudRate(wanted);
    },
    async write(bytes) {
      const nowMs = performance.now();
      freeAtMs = Math.max(nowMs, freeAtMs) + (bytes.length * BITS_PER_BYTE * 1000) / baudRate;
      await setTimeout(freeAtMs - nowMs);
      await port.write(bytes);
    },
  };
}
