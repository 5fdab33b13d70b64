import { LoaderFault } from './loader-fault';

/** Code that a flasher puts into RAM with MEM_BEGIN and MEM_DATA: Espressif's stub, which takes over from the ROM. */
export class UploadedCode {
  private readonly ranges: { from: number; end: number; receivedBytes: number }[] = [];

  begin(sizeBytes: number, address: number): void {
    this.ranges.push({ from: address, end: address + sizeBytes, receivedBytes: 0 });
  }

  /** @throws LoaderFault when nothing was begun, or more comes than was announced. */
  take(block: Buffer): void {
    const range = this.ranges.at(-1);
    if (range === undefined) throw new LoaderFault('not-begun');
    range.receivedBytes += block.length;
    if (range.receivedBytes > range.end - range.from) throw new LoaderFault('too-much-data');
  }

  /** True when an address lies in what arrived whole: anything else would crash the chip. */
  holds(address: number): boolean {
    return this.ranges.some(
      ({ from, end, receivedBytes }) => address >= from && address < end && receivedBytes === end - from,
    );
  }
}
