import type { ConsoleLine } from '../ports';
import { AppendFile } from './append-file';
import { toJsonText } from './json-text';
import type { RedactingStream } from './redacting-stream';
import type { Redactor } from './redaction';

/** Where the console of one board goes. */
export interface ConsoleSink {
  /** Absolute path of the raw log, for messages. */
  readonly logPath: string;
  /** Raw bytes as they arrive. Secrets are masked, the rest is byte for byte what the board sent. */
  bytes(bytes: Buffer, hostAtMs: number): void;
  line(line: ConsoleLine): void;
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
  ) {
    this.raw = new AppendFile(`${boardPath}/console.log`);
    this.lines = new AppendFile(`${boardPath}/console.jsonl`);
    this.stream = redactor.stream();
  }

  get logPath(): string {
    return this.raw.path;
  }

  bytes(bytes: Buffer): void {
    const masked = this.stream.push(bytes);
    if (masked.length > 0) this.raw.append(masked);
  }

  line(line: ConsoleLine): void {
    const stored = { schema: 'earshot/console-line@1', ...line, text: this.redactor.text(line.text) };
    this.lines.append(Buffer.from(`${toJsonText(stored)}\n`));
  }

  close(): void {
    try {
      this.raw.append(this.stream.end());
    } finally {
      this.raw.close();
      this.lines.close();
    }
  }
}
