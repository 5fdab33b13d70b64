import {
  Interpreter,
  type InterpreterOptions,
} from '../../../firmware/virtual-board/testing/python/interpreter';
import { BoardError } from '../../errors';
import { systemClock } from '../../ports';
import type { SerialTransport } from '../serial';

/** A port whose board is a script of the test: `onWrite` is told what the host sends, and prints. */
export class ScriptedPort implements SerialTransport {
  readonly path = 'scripted';
  /** Everything that was sent, in the pieces in which it was. */
  readonly written: Buffer[] = [];
  private readonly listeners = new Set<(bytes: Buffer, hostAtMs: number) => void>();
  private tellLost: (error: Error) => void = () => undefined;

  constructor(private readonly onWrite: (bytes: Buffer, port: ScriptedPort) => void) {}

  print(text: string | Buffer): void {
    const bytes = Buffer.from(text);
    for (const listener of this.listeners) listener(bytes, systemClock.nowMs());
  }

  vanish(): void {
    this.tellLost(new BoardError('HIL_BOARD_PORT_LOST', 'Serial port scripted has gone.', {}));
  }

  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  onLost(listener: (error: Error) => void) {
    this.tellLost = listener;
    return () => undefined;
  }

  write(bytes: Buffer): Promise<void> {
    this.written.push(Buffer.from(bytes));
    this.onWrite(bytes, this);
    return Promise.resolve();
  }

  setModemLines = () => Promise.resolve(false);
  setBaudRate = () => Promise.resolve();
  close = () => Promise.resolve();
}

/** A port with MicroPython behind it, the real interpreter. `pieceBytes`: so many bytes arrive at a time. */
export function pythonPort(options: Omit<InterpreterOptions, 'onOutput'> = {}, pieceBytes = Infinity) {
  const interpreter = new Interpreter({
    ...options,
    onOutput: (bytes) => {
      for (let at = 0; at < bytes.length; at += pieceBytes) port.print(bytes.subarray(at, at + pieceBytes));
    },
  });
  const port = new ScriptedPort((bytes) => interpreter.type(bytes));
  return { port, interpreter };
}
