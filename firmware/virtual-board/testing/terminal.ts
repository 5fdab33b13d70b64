import { SerialPort } from 'serialport';

/** The host's end of a board's console, through the real serialport package. */
export class Terminal {
  text = '';
  private watchers: (() => void)[] = [];

  private constructor(readonly port: SerialPort) {
    port.on('data', (bytes: Buffer) => {
      this.text += bytes.toString('latin1');
      for (const watch of [...this.watchers]) watch();
    });
  }

  static open(path: string): Promise<Terminal> {
    return new Promise((resolve, reject) => {
      const port = new SerialPort({ path, baudRate: 115_200 }, (error) => {
        if (error === null) resolve(new Terminal(port));
        else reject(error);
      });
    });
  }

  type(text: string): void {
    this.port.write(text);
  }

  /** The match, as soon as the text from character `from` on has it. */
  expect(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.text.slice(from));
        if (match === null) return;
        this.watchers = this.watchers.filter((watcher) => watcher !== look);
        resolve(match);
      };
      this.watchers.push(look);
      look();
    });
  }

  close(): Promise<void> {
    if (!this.port.isOpen) return Promise.resolve();
    return new Promise((resolve) => this.port.close(() => resolve()));
  }
}
