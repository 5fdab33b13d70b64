import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { RigError } from '../../errors';
import type { Argv, Cancel, Clock } from '../../ports';

/** What of a program's complaints goes into an error. */
const KEPT_LINES = 8;
const LONGEST_LINE = 400;
/** A program that has ended hands over what it wrote within this time. */
const DRAIN_MS = 200;

export interface AudioProgramOptions {
  readonly argv: Argv;
  /** Debian package that brings it. */
  readonly debianPackage: string;
  /** Variables of this process and what the rig adds; messages are asked for in English. */
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Each line that it writes to stderr. True: a status line, which no error needs to quote. */
  readonly onLine: (line: string) => boolean;
}

/** How a program ended: with an exit code, by a signal, or without having begun. */
export interface ProgramEnd {
  readonly fate: string;
  /** The system's word when it did not start: ENOENT, EACCES. */
  readonly startError?: string;
  /** The last lines that it wrote to stderr, shortened. */
  readonly complaint: string;
}

/**
 * A program of the sound system that runs as long as the rig: started by its arguments, without a shell. Its streams never throw:
 * how it ended says it all. It holds nothing that the kernel does not release, so it is ended with SIGKILL, which works while it is
 * stopped too. When this process dies, its pipes close: a recorder ends at its next write, a player at the end of its input.
 */
export class AudioProgram {
  readonly name: string;
  readonly ended: Promise<ProgramEnd>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly lines: string[] = [];
  private partial = '';

  constructor(private readonly options: AudioProgramOptions) {
    const { argv, environment, clock } = options;
    const [program, ...args] = argv;
    this.name = program;
    this.child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...environment, LC_ALL: 'C' },
    });
    const { stdin, stdout, stderr } = this.child;
    // EPIPE and the like: the end of the program follows, and is told.
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
    stderr.setEncoding('utf8').on('data', (text: string) => this.read(text));
    this.ended = new Promise((resolve) => {
      const tell = (fate: string, startError?: string): void => {
        this.read('\n');
        const complaint = this.lines.join(' / ');
        resolve({ fate, complaint, ...(startError === undefined ? {} : { startError }) });
      };
      this.child.once('error', (cause: NodeJS.ErrnoException) =>
        tell(`did not start: ${cause.message}`, cause.code ?? 'unknown'),
      );
      this.child.once('exit', (code, signal) => {
        const fate = `ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`;
        const cancel = clock.after(DRAIN_MS, () => tell(fate));
        this.child.once('close', () => {
          cancel();
          tell(fate);
        });
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Bytes that were written and not taken yet. */
  get waitingBytes(): number {
    return this.child.stdin.writableLength;
  }

  /** What it records. */
  onData(listener: (bytes: Buffer) => void): Cancel {
    this.child.stdout.on('data', listener);
    return () => void this.child.stdout.off('data', listener);
  }

  /** Hands over what is to be played; after its end that goes nowhere. */
  write(bytes: Buffer): void {
    const { stdin } = this.child;
    if (stdin.writable) stdin.write(bytes);
  }

  async close(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream.destroy();
  }

  /** What to say of a program that did not start. */
  missing(rig: string, { startError, fate }: ProgramEnd): RigError {
    const { argv, debianPackage } = this.options;
    const [program] = argv;
    const what =
      startError === 'ENOENT'
        ? `there is no ${program} on this machine; Debian has it in the package ${debianPackage}`
        : `${program} ${fate}`;
    return new RigError('HIL_RIG_PROGRAM_MISSING', `Rig ${rig} cannot be opened: ${what}.`, {
      rig,
      program,
      debianPackage,
    });
  }

  private read(text: string): void {
    // Some progress lines end with a carriage return only.
    const pieces = (this.partial + text).split(/[\r\n]+/);
    this.partial = (pieces.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of pieces.map((piece) => piece.trim().slice(0, LONGEST_LINE))) {
      if (line === '' || this.options.onLine(line)) continue;
      this.lines.push(line);
      if (this.lines.length > KEPT_LINES) this.lines.shift();
    }
  }
}
