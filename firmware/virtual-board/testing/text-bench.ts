import { BoardConsole } from '../console/board-console';
import { Repl } from '../console/repl';
import { Crystal } from '../crystal';
import type { Application, FirmwareDialect, ProviderAccess } from '../dialect/application';
import { FaultSwitches } from '../faults';
import { Markers } from '../markers';
import type { SoundCard } from '../sound/sound-card';
import { WallClock } from '../wall-clock';
import { ManualClock } from './manual-clock';

/** The application of a text board on a clock that stands still, its console read byte by byte. */
export class TextBench {
  readonly clock = new ManualClock();
  readonly faults = new FaultSwitches();
  readonly application: Application;
  readonly wallClock: WallClock;
  /** Panics and restarts, in their order. */
  readonly ends: string[] = [];
  /** Resolves at the first of them. */
  readonly ended: Promise<void>;
  private tellEnded: () => void = () => undefined;
  private readonly crystal = new Crystal(this.clock, 0);
  private repl: Repl | undefined;
  private printed = Buffer.alloc(0);
  private watchers: (() => void)[] = [];
  private readonly listeners: ((bytes: Buffer) => void)[] = [];

  /** The board has booted, with a clock that is right unless it has an SNTP server; its network is not up yet. */
  constructor(dialect: FirmwareDialect, provider: Partial<ProviderAccess> & { readonly url: string }) {
    const send = (bytes: Buffer): void => {
      this.printed = Buffer.concat([this.printed, bytes]);
      for (const listener of this.listeners) listener(bytes);
      for (const watch of [...this.watchers]) watch();
    };
    const console = new BoardConsole(this.crystal, { send, cut: () => undefined });
    this.ended = new Promise((resolve) => {
      this.tellEnded = resolve;
    });
    this.wallClock = new WallClock(this.crystal);
    if (provider.ntpServer === undefined) this.wallClock.set(this.clock.unixMs());
    const { model, credentials } = dialect.access;
    this.application = dialect.start({
      console,
      markers: new Markers(console, this.crystal, false),
      sound: undefined as unknown as SoundCard,
      faults: this.faults,
      provider: { model, credentials, question: '今天的天气怎么样', ...provider },
      ssid: 'bench',
      wallClock: this.wallClock,
      hostNowMs: () => this.clock.nowMs(),
      after: (delayMs, callback) => this.crystal.after(delayMs, callback),
      panic: (site) => this.end(`panic ${site}`),
      strike: (site) => this.faults.striking !== undefined && this.end(`panic ${site}`),
      memory: { internal: 196_604, psram: 7_926_852 },
      joinWifi: () => undefined,
      restart: () => this.end('restart'),
    });
    if (dialect.startUp.hasRepl) this.repl = new Repl(console, this.application.commands);
  }

  /** All that was printed, as UTF-8. */
  get text(): string {
    return this.printed.toString();
  }

  get bytes(): Buffer {
    return this.printed;
  }

  /** Tells what is printed from now on, as it is. */
  onBytes(listener: (bytes: Buffer) => void): void {
    this.listeners.push(listener);
  }

  networkUp(): void {
    this.application.networkUp('192.168.7.31');
  }

  /** Resolves when the text from a position on, in characters, matches. */
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

  /** Types a command line into esp_console. */
  type(line: string): void {
    if (this.repl === undefined) throw new Error('this firmware has no esp_console');
    this.repl.input(Buffer.from(`${line}\n`));
  }

  /** Starts esp_console; what it prints of itself is forgotten. */
  startRepl(): void {
    this.repl?.start();
    this.printed = Buffer.alloc(0);
  }

  close(): void {
    this.crystal.cancelAll();
    this.application.cut();
  }

  private end(how: string): void {
    this.ends.push(how);
    this.close();
    this.tellEnded();
  }
}
