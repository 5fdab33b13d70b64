import type { LinkCut } from '../../../ports';

/** Whether a link for datagrams is cut: once enough of the provider's bytes have come, for a time or for good. */
export class CutSwitch {
  private passedBytes = 0;
  private cutAtMs: number | undefined;

  constructor(private readonly cut: LinkCut | undefined) {}

  /** Counts what the provider sends, ahead of `isCut`. */
  count(sizeBytes: number): void {
    this.passedBytes += sizeBytes;
  }

  isCut(nowMs: number): boolean {
    if (this.cut === undefined || this.passedBytes < this.cut.afterBytes) return false;
    this.cutAtMs ??= nowMs;
    return nowMs < this.cutAtMs + (this.cut.lastsMs ?? Infinity);
  }
}
