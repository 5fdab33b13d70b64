import {
  connectAfterMs,
  downloadBanner,
  invalidHeaderBanner,
  romBanner,
  startUpTimes,
  unbootableLines,
  wifiRejoinMs,
  type BootLine,
  type BootStraps,
  type ResetCause,
} from './boot-log';
import type { BoardClock, Cancel } from './board-clock';
import { BoardConsole } from './console/board-console';
import { Repl } from './console/repl';
import type { HostPort } from './console/host-port';
import { UartTransmitter } from './console/uart';
import type { BoardControl, BoardState } from './control-server';
import { Crystal, type TimedStep } from './crystal';
import type { Application, BoardServices, FirmwareDialect, ProviderAccess } from './dialect/application';
import type { FaultSwitches } from './faults';
import { identityOf, type FirmwareIdentity } from './firmware-identity';
import { Markers } from './markers';
import { garbledLine } from './noisy-line';
import { panicText, type CrashKind, type PanicEnd, type PanicSite } from './panic-text';
import { bootFromFlash, type FlashBoot } from './rom-loader/boot-from-flash';
import type { FlashMemory } from './rom-loader/flash-memory';
import { RomLoader, ROM_BAUD, type LoaderExit } from './rom-loader/rom-loader';
import { readStoredWifi } from './rom-loader/stored-wifi';
import type { ServerLinkState } from './sound/server/server-link';
import type { SoundCard } from './sound/sound-card';
import type { LogLine } from './start-up';
import { WallClock } from './wall-clock';

const ADDRESS = '192.168.7.31';
/** Without a bootloader the ROM's watchdog bites after so long. */
const INVALID_HEADER_MS = 300;
/** From the register write to the reset: 2000 cycles of the slow clock, 136 kHz. */
const WATCHDOG_MS = 15;
/** DSR status request: asks the terminal whether it understands escape sequences. */
const TERMINAL_PROBE = '\x1b[5n';

/** What is free of the internal RAM and the PSRAM while nothing leaks. */
const FREE_INTERNAL_BYTES = 196_604;
const FREE_PSRAM_BYTES = 7_926_852;
/** The fault `memory-leak`: a reply leaves this much behind, so that there is none left for the third. */
const LEAK_BYTES = 81_920;
/** The fault `slow-leak`: as little as a forgotten list element or two, which nobody notices within a day. */
const SLOW_LEAK_BYTES = 512;

/** What stood still where the task watchdog looked; upper-case digits, as older ESP-IDF prints them outside a panic. */
const WATCHDOG_BACKTRACE =
  '\r\n\r\nBacktrace: 0x4200C83B:0x3FCD0E60 0x4200CB17:0x3FCD0E90 0x40381E0D:0x3FCD0F00\r\n\r\n';

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
  readonly flash: FlashMemory;
  /** True: what is in the flash boots, be it nothing. False: the dialect's own firmware does until somebody writes the flash. */
  readonly bootsFlashOnly: boolean;
  /** The firmware was built with `hil_marker`. Default: false. */
  readonly markers?: boolean;
  /** What each step of a boot takes, as a part of what it takes in `startUpTimes`. Default: 1. */
  readonly bootPace?: number;
  /** How its sound in a sound server is doing. Absent: it has an audio link. */
  readonly soundLink?: { readonly state: ServerLinkState };
}

/** The simulated chip: boots, runs the application of its dialect, panics, and starts again at each reset. */
export class Board implements BoardControl {
  private readonly crystal: Crystal;
  private readonly wallClock: WallClock;
  private readonly uart: UartTransmitter;
  private readonly console: BoardConsole;
  private readonly markers: Markers;
  private application: Application | undefined;
  private repl: Repl | undefined;
  private joining: readonly Cancel[] = [];
  /** The network in the NVS is the one to join; not any more once another was asked for. */
  private joinsStored = true;
  private boots = 0;
  private running = false;
  private isPowered = true;
  /** Of the ROM in its download mode. */
  private loader: RomLoader | undefined;
  /** What was flashed when the chip booted last: boot log and panic of one boot agree. */
  private identity: FirmwareIdentity;
  private ssid: string;
  /** Of the internal RAM, since the boot. */
  private leakedBytes = 0;

  constructor(private readonly parts: BoardParts) {
    this.crystal = new Crystal(parts.clock, parts.crystalPpm);
    this.wallClock = new WallClock(this.crystal);
    this.uart = new UartTransmitter(parts.clock, ROM_BAUD, (bytes) =>
      parts.serial.write(parts.faults.has('garbled-console') ? garbledLine(bytes) : bytes),
    );
    this.console = new BoardConsole(this.crystal, this.uart);
    this.markers = new Markers(this.console, this.crystal, parts.markers ?? false);
    this.identity = parts.dialect.identity;
    this.ssid = parts.ssid;
  }

  /** EN low and high: everything ends where it is, and the ROM starts; with GPIO0 low it waits for a download. */
  reset(straps: BootStraps = { gpio0: 'high' }): void {
    if (!this.isPowered) return;
    const { dialect, faults } = this.parts;
    const gpio0 = faults.has('stuck-download') ? 'low' : straps.gpio0;
    this.start(dialect.console === 'usb-output' ? 'usb' : 'power-on', { gpio0 });
  }

  /** EN is low: the chip stands still and says nothing until it is reset. */
  hold(): void {
    this.halt();
    this.uart.cut();
    this.parts.serial.discard();
  }

  setPower(on: boolean): void {
    if (on === this.isPowered) return;
    this.isPowered = on;
    if (on) this.start('power-on');
    else this.hold();
  }

  setFault(name: string, on: boolean): void {
    this.parts.faults.set(name, on);
  }

  unplug(): void {
    this.parts.serial.unplug();
  }

  state(): BoardState {
    const soundCounts = this.application?.soundCounts;
    const { soundLink } = this.parts;
    return {
      boot: this.boots,
      running: this.running,
      downloading: this.loader !== undefined,
      session: this.application?.session ?? 'none',
      faults: this.parts.faults.names,
      plugged: this.parts.serial.isPlugged,
      powered: this.isPowered,
      ...(soundCounts === undefined ? {} : { sound: soundCounts }),
      ...(soundLink === undefined ? {} : { soundLink: soundLink.state }),
    };
  }

  /** What the host typed; nobody reads it before the REPL started, while the chip hangs, or on a console that is output only. */
  input(bytes: Uint8Array): void {
    if (this.loader !== undefined) {
      this.loader.receive(bytes);
      return;
    }
    if (this.parts.dialect.console === 'usb-output') return;
    if (this.repl !== undefined) this.repl.input(bytes);
    else if (this.running) this.application?.input?.(bytes);
  }

  /** Power off. */
  close(): void {
    // EN may still rise afterwards: its capacitor has a timer of its own.
    this.isPowered = false;
    this.halt();
    this.uart.cut();
  }

  private start(cause: ResetCause, straps: BootStraps = { gpio0: 'high' }): void {
    this.halt();
    this.console.reset();
    this.parts.serial.discard();
    this.crystal.restart();
    this.markers.restart();
    this.leakedBytes = 0;
    this.boots++;
    this.uart.setBaudRate(ROM_BAUD);
    // At power-on it comes for the first time.
    if (this.boots > 1 && this.parts.faults.has('reenumerates')) this.parts.serial.reenumerate();
    this.setWallClock();
    if (straps.gpio0 === 'low') this.waitForDownload(cause);
    else this.startFrom(this.whatBoots(), cause);
  }

  /** What the flash holds, or the firmware that the simulation was born with. */
  private whatBoots(): FlashBoot {
    const { flash, faults, dialect, bootsFlashOnly, ssid } = this.parts;
    this.ssid = ssid;
    if (faults.has('wrong-project')) return { state: 'runs', identity: otherFirmware };
    if (!bootsFlashOnly && flash.isBlank) return { state: 'runs', identity: dialect.identity };
    this.ssid = readStoredWifi(flash)?.ssid ?? ssid;
    return bootFromFlash(flash);
  }

  private startFrom(boot: FlashBoot, cause: ResetCause): void {
    if (boot.state === 'no-bootloader') {
      this.console.raw(invalidHeaderBanner(cause, boot.firstWord));
      this.crystal.after(INVALID_HEADER_MS, () => this.start('timer-watchdog'));
      return;
    }
    if (boot.state === 'not-bootable') {
      this.console.raw(romBanner(cause, boot.layout));
      this.crystal.follow([
        ...unbootableLines(boot.layout, boot.error).map((line) => this.step(line)),
        { atMs: 100, run: () => this.startOnceSent('system-reset') },
      ]);
      return;
    }
    this.identity = boot.identity;
    const { dmaDescriptors, fault } = boot.identity.build ?? {};
    this.parts.sound.chainOf(dmaDescriptors);
    this.parts.faults.comesWith(fault);
    this.console.raw(romBanner(cause, boot.identity.layout));
    if (this.parts.faults.has('no-boot')) return;
    this.running = true;
    this.boot();
  }

  private waitForDownload(cause: ResetCause): void {
    const { flash, faults, clock } = this.parts;
    this.console.raw(downloadBanner(cause));
    this.loader = new RomLoader({
      flash,
      faults,
      clock,
      send: (bytes) => this.uart.send(bytes),
      setBaudRate: (baudRate) => this.uart.whenIdle(() => this.uart.setBaudRate(baudRate)),
      reenumerate: () => this.parts.serial.reenumerate(),
      restart: (exit) => this.leaveLoader(exit),
    });
  }

  private leaveLoader(exit: LoaderExit): void {
    this.loader = undefined;
    if (exit === 'watchdog') this.crystal.after(WATCHDOG_MS, () => this.start('watchdog'));
    else this.startOnceSent('system-reset');
  }

  private step({ atMs, level, tag, message }: BootLine): TimedStep {
    return { atMs, run: () => this.console.log(level, tag, message) };
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
    this.loader?.close();
    this.loader = undefined;
    this.application?.cut();
    this.application = undefined;
    this.parts.sound.silence();
  }

  private panic(site: PanicSite, kind?: CrashKind, ending?: PanicEnd, ahead = ''): void {
    if (!this.running) return;
    const { panicEnd = 'gdb-stub' } = this.parts.dialect;
    const end = ending ?? panicEnd;
    this.halt();
    this.console.preempt(ahead + panicText(site, this.identity, end, kind));
    if (end === 'reboot') this.startOnceSent();
  }

  private strike(site: PanicSite): void {
    const fault = this.parts.faults.striking;
    switch (fault) {
      case undefined:
        return;
      case 'panic-mid-reply':
        this.panic(site);
        return;
      case 'task-watchdog-warning':
        this.console.raw(this.watchdogText(['Print CPU 1 (current core) backtrace']));
        this.console.raw(WATCHDOG_BACKTRACE);
        return;
      case 'task-watchdog':
        this.panic(site, 'abort', undefined, this.watchdogText(['Aborting.']));
        return;
      case 'memory-leak':
        this.leakedBytes += LEAK_BYTES;
        if (this.leakedBytes > FREE_INTERNAL_BYTES) this.panic(site, 'out-of-memory');
        return;
      case 'slow-leak':
        this.leakedBytes += SLOW_LEAK_BYTES;
        return;
      case 'silent-hang':
        this.hang();
        return;
      case 'brownout':
        this.brownOut();
        return;
      case 'wifi-drop':
        this.dropWifi();
        return;
      case 'abort':
      case 'stack-overflow':
      case 'heap-corruption':
      case 'interrupt-watchdog':
        this.panic(site, fault);
    }
  }

  /** What the task watchdog prints, by itself no crash; device.md 3.2. It prints from its interrupt, by polling. */
  private watchdogText(further: readonly string[] = []): string {
    const stamp = Math.floor(this.crystal.elapsedMs());
    const said = [
      'Task watchdog got triggered. The following tasks/users did not reset the watchdog in time:',
      ' - IDLE1 (CPU 1)',
      'Tasks currently running:',
      'CPU 0: IDLE0',
      'CPU 1: player',
      ...further,
    ];
    return said.map((text) => `E (${stamp}) task_wdt: ${text}\r\n`).join('');
  }

  /** Interrupts are off and no watchdog is on: nothing runs, nothing is printed, connections stay open. */
  private hang(): void {
    this.running = false;
    this.crystal.cancelAll();
    this.repl = undefined;
    this.application?.freeze?.();
    this.console.hang();
    this.parts.sound.silence();
  }

  /** The supply sagged: its detector restarts the chip. */
  private brownOut(): void {
    this.halt();
    // Without a time stamp: it is logged from an interrupt.
    this.console.raw('I BOD: Brownout detector was triggered\r\n\r\n');
    // As ESP-IDF does from that interrupt: the ROM says nothing of the supply.
    this.startOnceSent('system-reset');
  }

  /** The access point is gone for a moment; the driver joins it again. */
  private dropWifi(): void {
    this.application?.networkDown();
    this.console.log('I', 'wifi', 'state: run -> init (0x0)');
    this.console.log('I', 'NETWORK', 'retry to connect to the AP');
    this.join(this.ssid);
  }

  /** `esp_restart`, and the end of a panic: the ROM starts once the transmitter is idle. */
  private startOnceSent(cause: ResetCause = 'restart'): void {
    this.uart.whenIdle(() => this.start(cause));
  }

  private boot(): void {
    const { console } = this;
    const { startUp } = this.parts.dialect;
    this.joinsStored = !this.parts.faults.has('no-wifi');
    const lines = startUp.lines(this.identity).map((line) => this.step(line));
    const repl = [
      { atMs: startUpTimes.probeMs, run: () => console.raw(TERMINAL_PROBE) },
      { atMs: startUpTimes.replMs, run: () => this.startRepl() },
    ];
    const actions = [
      { atMs: startUpTimes.schedulerMs, run: () => console.startScheduler() },
      { atMs: startUpTimes.applicationMs, run: () => this.startApplication() },
      { atMs: startUpTimes.radioMs, run: () => this.parts.faults.has('brownout') && this.brownOut() },
      ...(startUp.hasRepl ? repl : []),
      { atMs: startUpTimes.associatedMs, run: () => this.joinsStored && this.associated(this.ssid) },
      { atMs: startUpTimes.gotIpMs, run: () => this.joinsStored && this.gotIp() },
    ];
    const { bootPace = 1 } = this.parts;
    this.crystal.follow(
      [...lines, ...actions]
        .sort((one, other) => one.atMs - other.atMs)
        .map((step) => ({ ...step, atMs: step.atMs * bootPace })),
    );
  }

  private startApplication(): void {
    if (this.parts.faults.has('boot-loop')) {
      this.panic('console-command', 'abort', 'reboot');
      return;
    }
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
    const { faults, sound, provider, clock } = this.parts;
    const { ssid } = this;
    const freeInternal = (): number => FREE_INTERNAL_BYTES - this.leakedBytes;
    return {
      console: this.console,
      markers: this.markers,
      sound,
      faults,
      provider,
      ssid,
      wallClock: this.wallClock,
      hostNowMs: () => clock.nowMs(),
      after: (delayMs, callback) => this.crystal.after(delayMs, callback),
      panic: (site) => this.panic(site),
      strike: (site) => this.strike(site),
      get memory() {
        return { internal: freeInternal(), psram: FREE_PSRAM_BYTES };
      },
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
    this.join(ssid);
  }

  private join(ssid: string): void {
    this.console.log('I', 'wifi', 'state: init -> auth (0xb0)');
    for (const cancel of this.joining) cancel();
    this.joining = [
      this.crystal.after(wifiRejoinMs.associated, () => this.associated(ssid)),
      this.crystal.after(wifiRejoinMs.gotIp, () => this.gotIp()),
    ];
  }
}
