import {
  connectAfterMs,
  romBanner,
  startUpTimes,
  wifiRejoinMs,
  type BootStraps,
  type ResetCause,
} from './boot-log';
import type { BoardClock, Cancel } from './board-clock';
import { BoardConsole } from './console/board-console';
import { Repl } from './console/repl';
import type { HostPort } from './console/host-port';
import { UartTransmitter } from './console/uart';
import type { BoardControl, BoardState } from './control-server';
import { Crystal } from './crystal';
import type { Application, BoardServices, FirmwareDialect, ProviderAccess } from './dialect/application';
import type { FaultSwitches } from './faults';
import { identityOf, type FirmwareIdentity } from './firmware-identity';
import { panicText, type PanicSite } from './panic-text';
import type { SoundCard } from './sound/sound-card';
import type { LogLine } from './start-up';
import { WallClock } from './wall-clock';

const ADDRESS = '192.168.7.31';
const CONSOLE_BAUD = 115_200;
/** DSR status request: asks the terminal whether it understands escape sequences. */
const TERMINAL_PROBE = '\x1b[5n';

/** The fault `wrong-project`: what somebody flashed by mistake. */
const otherFirmware = identityOf('openai_demo', '1.0.0');

/** What the chip is wired to. */
export interface BoardParts {
  readonly clock: BoardClock;
  readonly crystalPpm: number;
  readonly faults: FaultSwitches;
  readonly serial: HostPort;
  readonly sound: SoundCard;
  readonly dialect: FirmwareDialect;
  readonly provider: ProviderAccess;
  /** Name of the network in the board's NVS. */
  readonly ssid: string;
}

/** The simulated chip: boots, runs the application of its dialect, panics, and starts again at each reset. */
export class Board implements BoardControl {
  private readonly crystal: Crystal;
  private readonly wallClock: WallClock;
  private readonly uart: UartTransmitter;
  private readonly console: BoardConsole;
  private application: Application | undefined;
  private repl: Repl | undefined;
  private joining: readonly Cancel[] = [];
  /** The network in the NVS is the one to join; not any more once another was asked for. */
  private joinsStored = true;
  private boots = 0;
  private running = false;
  private downloading = false;
  /** What was flashed when the chip booted last: boot log and panic of one boot agree. */
  private identity: FirmwareIdentity;

  constructor(private readonly parts: BoardParts) {
    this.crystal = new Crystal(parts.clock, parts.crystalPpm);
    this.wallClock = new WallClock(this.crystal);
    this.uart = new UartTransmitter(parts.clock, CONSOLE_BAUD, (bytes) => parts.serial.write(bytes));
    this.console = new BoardConsole(this.crystal, this.uart);
    this.identity = parts.dialect.identity;
  }

  /** EN low and high: everything ends where it is, and the ROM starts; with GPIO0 low it waits for a download. */
  reset(straps: BootStraps = { gpio0: 'high' }): void {
    this.start(this.parts.dialect.console === 'usb-output' ? 'usb' : 'power-on', straps);
  }

  /** EN is low: the chip stands still and says nothing until it is reset. */
  hold(): void {
    this.halt();
    this.downloading = false;
    this.uart.cut();
    this.parts.serial.discard();
  }

  setFault(name: string, on: boolean): void {
    this.parts.faults.set(name, on);
  }

  unplug(): void {
    this.parts.serial.unplug();
  }

  state(): BoardState {
    const soundCounts = this.application?.soundCounts;
    return {
      boot: this.boots,
      running: this.running,
      downloading: this.downloading,
      session: this.application?.session ?? 'none',
      faults: this.parts.faults.names,
      plugged: this.parts.serial.isPlugged,
      ...(soundCounts === undefined ? {} : { sound: soundCounts }),
    };
  }

  /** What the host typed; nobody reads it before the REPL started, while the chip hangs, or on a console that is output only. */
  input(bytes: Uint8Array): void {
    if (this.parts.dialect.console === 'usb-output') return;
    if (this.repl !== undefined) this.repl.input(bytes);
    else this.application?.input?.(bytes);
  }

  /** Power off. */
  close(): void {
    this.halt();
    this.uart.cut();
  }

  private start(cause: ResetCause, straps: BootStraps = { gpio0: 'high' }): void {
    this.halt();
    this.console.reset();
    this.parts.serial.discard();
    this.crystal.restart();
    this.boots++;
    this.identity = this.parts.faults.has('wrong-project') ? otherFirmware : this.parts.dialect.identity;
    this.setWallClock();
    this.console.raw(romBanner(cause, straps));
    this.downloading = straps.gpio0 === 'low';
    if (this.downloading || this.parts.faults.has('no-boot')) return;
    this.running = true;
    this.boot();
  }

  /** Without an SNTP server somebody else has set the clock; a board that never asks stays in 1970. */
  private setWallClock(): void {
    const { clock, faults, provider } = this.parts;
    this.wallClock.restart();
    if (provider.ntpServer === undefined && !faults.has('no-sntp')) this.wallClock.set(clock.unixMs());
  }

  private halt(): void {
    this.running = false;
    this.crystal.cancelAll();
    this.repl = undefined;
    this.application?.cut();
    this.application = undefined;
    this.parts.sound.silence();
  }

  private panic(site: PanicSite): void {
    if (!this.running) return;
    const { panicEnd = 'gdb-stub' } = this.parts.dialect;
    this.halt();
    this.console.preempt(panicText(site, this.identity, panicEnd));
    if (panicEnd === 'reboot') this.startOnceSent();
  }

  /** `esp_restart`, and the end of a panic: the ROM starts once the transmitter is idle. */
  private startOnceSent(): void {
    this.uart.whenIdle(() => this.start('restart'));
  }

  private boot(): void {
    const { console } = this;
    const { startUp } = this.parts.dialect;
    this.joinsStored = !this.parts.faults.has('no-wifi');
    const lines = startUp.lines(this.identity).map((line) => ({
      atMs: line.atMs,
      run: () => console.log(line.level, line.tag, line.message),
    }));
    const repl = [
      { atMs: startUpTimes.probeMs, run: () => console.raw(TERMINAL_PROBE) },
      { atMs: startUpTimes.replMs, run: () => this.startRepl() },
    ];
    const actions = [
      { atMs: startUpTimes.schedulerMs, run: () => console.startScheduler() },
      { atMs: startUpTimes.applicationMs, run: () => this.startApplication() },
      ...(startUp.hasRepl ? repl : []),
      { atMs: startUpTimes.associatedMs, run: () => this.joinsStored && this.associated(this.parts.ssid) },
      { atMs: startUpTimes.gotIpMs, run: () => this.joinsStored && this.gotIp() },
    ];
    this.crystal.follow([...lines, ...actions].sort((one, other) => one.atMs - other.atMs));
  }

  private startApplication(): void {
    this.application = this.parts.dialect.start(this.services());
  }

  private startRepl(): void {
    this.repl = new Repl(this.console, this.application?.commands ?? []);
    this.repl.start();
  }

  private log(lines: readonly LogLine[]): void {
    for (const [level, tag, message] of lines) this.console.log(level, tag, message);
  }

  private associated(ssid: string): void {
    this.log(this.parts.dialect.startUp.associated(ssid));
  }

  private gotIp(): void {
    this.log(this.parts.dialect.startUp.addressed(ADDRESS));
    this.joining = [this.crystal.after(connectAfterMs, () => this.application?.networkUp(ADDRESS))];
  }

  private services(): BoardServices {
    const { faults, sound, provider, ssid, clock } = this.parts;
    return {
      console: this.console,
      sound,
      faults,
      provider,
      ssid,
      wallClock: this.wallClock,
      hostNowMs: () => clock.nowMs(),
      after: (delayMs, callback) => this.crystal.after(delayMs, callback),
      panic: (site) => this.panic(site),
      joinWifi: (ssid) => this.joinWifi(ssid),
      restart: () => {
        this.halt();
        this.startOnceSent();
      },
    };
  }

  private joinWifi(ssid: string): void {
    this.application?.networkDown();
    this.joinsStored = false;
    this.console.log('I', 'wifi', 'state: init -> auth (0xb0)');
    for (const cancel of this.joining) cancel();
    this.joining = [
      this.crystal.after(wifiRejoinMs.associated, () => this.associated(ssid)),
      this.crystal.after(wifiRejoinMs.gotIp, () => this.gotIp()),
    ];
  }
}
