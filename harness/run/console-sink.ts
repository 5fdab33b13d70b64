import { join } from 'node:path';
import type { ConsoleLine } from '../ports';
import { AppendFile, makeFolders } from './append-file';
import { toJsonText } from './json-text';
import type { RedactingStream } from './redacting-stream';
import type { Redactor } from './redaction';
import { storeFailed, type StoreFiles } from './store-files';
import type { Unsynced } from './unsynced';

/** The part of a run for hours before the logs that it writes. */
export const earlierLog = 'console.1.log';
export const earlierLines = 'console.1.jsonl';

/** Where the console of one board goes. */
export interface ConsoleSink {
  /** Absolute path of the raw log, for messages. */
  readonly logPath: string;
  /** Raw bytes as they arrive. Secrets are masked, the rest is byte for byte what the board sent. */
  bytes(bytes: Buffer, hostAtMs: number): void;
  line(line: ConsoleLine): void;
  /**
   * Between two turns of a run for hours: where the logs hold more than this, they become the earlier part (`console.1.log`,
   * `console.1.jsonl`) and begin anew; the earlier part before that goes. So the turn before is always whole, and the disk holds twice as much
   * at most, and what one turn says.
   * @returns How many bytes went.
   */
  keepNewest(mostBytes: number): number;
}

/** What the console of a board shares with the rest of its run. */
export interface ConsoleStorage {
  readonly files: StoreFiles;
  readonly unsynced: Unsynced;
  /** Writes, unless the store has failed; never throws. */
  readonly quietly: (write: () => void) => void;
}

/**
 * Writes `console.log` and `console.jsonl` of one board. `byteOffset` of a line counts the bytes that the board sent: in a log
 * with masked secrets it is off by what the masks are shorter or longer.
 */
export class StoredConsole implements ConsoleSink {
  private raw: AppendFile;
  private lines: AppendFile;
  private heldBytes = 0;
  private earlierBytes = 0;
  private readonly stream: RedactingStream;

  /** @throws RunError `HIL_RUN_STORE_FAILED`. */
  constructor(
    private readonly boardPath: string,
    private readonly redactor: Redactor,
    private readonly storage: ConsoleStorage,
  ) {
    const { files, unsynced } = storage;
    unsynced.add(...makeFolders(boardPath, files), boardPath);
    this.raw = new AppendFile(join(boardPath, 'console.log'), files);
    this.lines = new AppendFile(join(boardPath, 'console.jsonl'), files);
    this.stream = redactor.stream();
  }

  get logPath(): string {
    return this.raw.path;
  }

  bytes(bytes: Buffer): void {
    const masked = this.stream.push(bytes);
    if (masked.length > 0) this.append(this.raw, masked);
  }

  line(line: ConsoleLine): void {
    const stored = { schema: 'earshot/console-line@1', ...line, text: this.redactor.text(line.text) };
    this.append(this.lines, Buffer.from(`${toJsonText(stored)}\n`));
  }

  keepNewest(mostBytes: number): number {
    if (this.heldBytes <= mostBytes) return 0;
    const goneBytes = this.earlierBytes;
    this.storage.quietly(() => {
      this.raw = this.beginAnew(this.raw, earlierLog);
      this.lines = this.beginAnew(this.lines, earlierLines);
      const earlier = [earlierLog, earlierLines].map((name) => join(this.boardPath, name));
      this.storage.unsynced.add(...earlier, this.boardPath);
    });
    this.earlierBytes = this.heldBytes;
    this.heldBytes = 0;
    return goneBytes;
  }

  close(): void {
    const rest = this.stream.end();
    if (rest.length > 0) this.append(this.raw, rest);
    this.raw.close();
    this.lines.close();
  }

  private beginAnew(file: AppendFile, earlier: string): AppendFile {
    const { files } = this.storage;
    file.close();
    try {
      files.rename(file.path, join(this.boardPath, earlier));
    } catch (cause) {
      throw storeFailed(file.path, cause);
    }
    return new AppendFile(file.path, files);
  }

  private append(file: AppendFile, bytes: Buffer): void {
    this.heldBytes += bytes.length;
    this.storage.quietly(() => {
      file.append(bytes);
      this.storage.unsynced.add(file.path);
    });
  }
}
