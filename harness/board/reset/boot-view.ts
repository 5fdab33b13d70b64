import type { BoardEvent, Cancel, ConsoleLine } from '../../ports';
import { parseLogLine, type RecordedConsole } from '../console';
import type { EventLog } from '../event-log';

const WAITS_FOR_DOWNLOAD = /waiting for download/;
const BANNER = /ESP-ROM:esp32/;
/** Tags that ESP-IDF prints with while it starts, and never later: they tell a boot whose banner a USB port lost. */
const startTags: ReadonlySet<string> = new Set([
  'boot',
  'boot.esp32s3',
  'esp_image',
  'cpu_start',
  'app_init',
  'main_task',
]);

/**
 * What a board shows of a new boot since a step of its reset began. A ROM prints its banner at once; where that was lost, the clock
 * that fell back, ESP-IDF's first lines, or a port that went away and came back show as much.
 */
export class BootView {
  /** The chip started anew. */
  isSeen = false;
  /** The ROM waits for a download instead of running the application. */
  isDownload = false;
  /** Whatever the boot printed was there to be read: the port did not go away, or came back before the banner. */
  isWhole = true;
  private releasedAtLine = Infinity;
  private readonly bootBefore: number;
  private readonly cancels: readonly Cancel[];

  /** @param onDownload - Called when the ROM says that it waits for a download. */
  constructor(
    console: RecordedConsole,
    log: EventLog,
    private readonly onDownload: () => void,
  ) {
    this.bootBefore = console.lines.at(-1)?.boot ?? 0;
    this.cancels = [
      console.onLine((line) => this.readLine(line)),
      log.onEvent((event) => this.readEvent(event)),
    ];
  }

  /** The board was let go; lines from this index on can come from the new boot only. */
  released(lineIndex: number): void {
    this.releasedAtLine = lineIndex;
  }

  close(): void {
    for (const cancel of this.cancels) cancel();
  }

  private readLine(line: ConsoleLine): void {
    const isNewBoot = line.boot > this.bootBefore;
    const isSinceRelease = line.index >= this.releasedAtLine;
    if (isNewBoot && BANNER.test(line.text)) this.isWhole = true;
    if (isNewBoot || (isSinceRelease && startTags.has(parseLogLine(line.text)?.tag ?? '')))
      this.isSeen = true;
    if (!(isNewBoot || isSinceRelease) || !WAITS_FOR_DOWNLOAD.test(line.text)) return;
    this.isSeen = true;
    this.isDownload = true;
    this.onDownload();
  }

  private readEvent(event: BoardEvent): void {
    if (event.type === 'console-gap') {
      this.isSeen = true;
      this.isWhole = false;
    }
    if (event.type === 'firmware' && event.lineIndex >= this.releasedAtLine) this.isSeen = true;
  }
}
