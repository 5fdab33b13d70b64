import type { ResetLine } from '../serial';
import { consoleStream } from './console-stream';
import { openTestPty } from './test-pty';

/** A peer on a pseudo-terminal that replays console streams, as a board with the realtime-ws firmware would. */
export interface ScriptedBoard extends ResetLine {
  readonly path: string;
  /** Streams that a reset causes. */
  onReset: readonly string[];
  /** Printed in place of an echo, once, when the first character is typed: a crash over it. */
  crashWhenTyped: string | undefined;
  print(file: string): void;
  printText(text: string): void;
  /** Commands that were typed, without line ends. */
  readonly typed: readonly string[];
  unplug(): void;
}

/** Answers `start` and `stop` with their streams and echoes what is typed, as the REPL does. */
export function openScriptedBoard(): ScriptedBoard {
  const pty = openTestPty();
  const typed: string[] = [];
  let pending = '';
  let hasCrashed = false;
  const board: ScriptedBoard = {
    path: pty.path,
    onReset: ['boot-realtime-ws.bin', 'session-realtime-ws.txt'],
    crashWhenTyped: undefined,
    typed,
    print: (file) => pty.write(consoleStream(file)),
    printText: (text) => pty.write(Buffer.from(text)),
    reset: () => {
      board.onReset.forEach((file) => board.print(file));
      return Promise.resolve();
    },
    unplug: () => pty.close(),
  };
  pty.onTyped((bytes) => {
    if (hasCrashed) return;
    if (board.crashWhenTyped !== undefined) {
      hasCrashed = true;
      board.print(board.crashWhenTyped);
      return;
    }
    pty.write(Buffer.from(bytes.toString().replace(/\n/g, '\r\n')));
    const lines = (pending + bytes.toString()).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') board.printText('esp> ');
      else typed.push(line);
      if (line === 'start') board.print('session-restart.txt');
      if (line === 'stop') board.print('session-stopped.txt');
    }
  });
  return board;
}
