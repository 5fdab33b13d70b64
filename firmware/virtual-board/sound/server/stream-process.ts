import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { BoardClock } from '../../board-clock';

const SAID_LIMIT_CHARACTERS = 4_000;
/** How long a program may take to end by itself. */
const END_MS = 1_000;

/** One of a sound server's command line programs, watched from its start. */
export class StreamProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly ended: Promise<void>;
  private unfinished = '';
  private lastLine = '';
  private isClosing = false;

  /**
   * @param what - Who it is, as the subject of a sentence.
   * @param onSaid - Called with each line of its stderr that is no report of progress.
   * @param onProgress - Called with each that is one.
   * @param onEnded - Called once, when it has ended, or could not be started, without being closed; with the reason.
   */
  constructor(
    readonly what: string,
    command: readonly string[],
    private readonly onSaid: (line: string) => void,
    onEnded: (reason: string) => void,
    private readonly onProgress: (line: string) => void = () => undefined,
  ) {
    // Their messages are read, so they have to be the untranslated ones.
    this.child = spawn('env', ['LC_ALL=C', ...command], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C is for the board, which ends its streams; a board that dies without doing so closes their pipes, and they go.
      detached: true,
    });
    this.stdin = this.child.stdin;
    this.stdout = this.child.stdout;
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => this.read(text));
    // What is written to a program that has just ended is lost with it; its end is told below.
    this.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        resolve();
        if (this.isClosing) return;
        this.isClosing = true;
        onEnded(reason);
      };
      this.child.once('error', (cause) => end(`${what} could not be started: ${cause.message}`));
      this.child.once('close', (code, signal) =>
        end(this.describeEnd(signal ?? `exit code ${String(code)}`)),
      );
    });
  }

  /** Ends it: asked first, killed when it does not go. Resolves when it has ended. */
  async close(clock: BoardClock): Promise<void> {
    this.isClosing = true;
    this.child.kill('SIGTERM');
    const cancelKill = clock.after(END_MS, () => void this.child.kill('SIGKILL'));
    await this.ended;
    cancelKill();
  }

  private read(text: string): void {
    // A report of progress ends with a carriage return.
    const lines = (this.unfinished + text).split(/[\r\n]+/);
    this.unfinished = (lines.pop() ?? '').slice(-SAID_LIMIT_CHARACTERS);
    for (const line of lines.map((one) => one.trim())) {
      if (line === '') continue;
      if (line.startsWith('Time:')) {
        this.onProgress(line);
        continue;
      }
      this.lastLine = line;
      this.onSaid(line);
    }
  }

  private describeEnd(how: string): string {
    return `${this.what} ended (${how})${this.lastLine === '' ? '' : `: ${this.lastLine}`}`;
  }
}
