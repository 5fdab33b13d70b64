import { join } from 'node:path';
import type { ConsoleLine } from '../ports';
import { AppendFile, makeFolders } from './append-file';
import { toJsonText } from './json-text';
import type { RedactingStream } from './redacting-stream';
import type { Redactor } from './redaction';
import type { StoreFiles } from './store-files';
import type { Unsynced } from './unsynced';

/** Where the console of one board goes. */
export interface ConsoleSink {
  /** Absolute path of the raw log, for messages. */
  readonly logPath: string;
  /** Raw bytes as they arrive. Secrets are masked, the rest is byte for byte what the board sent. */
  bytes(bytes: Buffer, hostAtMs: number): void;
  line(line: ConsoleLine): void;
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
  private readonly raw: AppendFile;
  private readonly lines: AppendFile;
  private readonly stream: RedactingStream;

  /** @throws RunError `HIL_RUN_STORE_FAILED`. */
  constructor(
    boardPath: string,
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

  close(): void {
    const rest = this.stream.end();
    if (rest.length > 0) this.append(this.raw, rest);
    this.raw.close();
    this.lines.close();
  }

  private append(file: AppendFile, bytes: Buffer): void {
    this.storage.quietly(() => {
      file.append(bytes);
      this.storage.unsynced.add(file.path);
    });
  }
}
