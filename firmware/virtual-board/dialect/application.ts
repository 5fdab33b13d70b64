import type { Cancel } from '../board-clock';
import type { BoardConsole } from '../console/board-console';
import type { ReplCommand } from '../console/repl';
import type { FaultSwitches } from '../faults';
import type { FirmwareIdentity } from '../firmware-identity';
import type { Markers } from '../markers';
import type { PanicEnd, PanicSite } from '../panic-text';
import type { SoundCard } from '../sound/sound-card';
import type { StartUp } from '../start-up';
import type { WallClock } from '../wall-clock';
import type { SoundCounts } from '../webrtc/reply-stream';

/**
 * `none`: never opened or stopped; `open`: WebSocket or data channel up, tools not applied yet; `closed`: gone, with no reconnect. A text
 * board is `connecting` until it can ask, then `ready`, and `closed` when it will not ask any more.
 */
export type SessionState = 'none' | 'connecting' | 'open' | 'ready' | 'closed';

/** How the board reaches its provider. */
export interface ProviderAccess {
  /** `ws://` or `wss://` for sockets, `http://` or `https://` for requests; each dialect adds its path when there is none. */
  readonly url: string;
  /** By the protocol's own names, such as `apiKey`. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly model: string;
  /** What a board asks by itself after its boot. */
  readonly question: string;
  /** SNTP server, `host:port`; without one the board does not ask. */
  readonly ntpServer?: string;
  /** PEM of what it trusts over TLS; default: what Node trusts. Boards that skip verification ignore it. */
  readonly tlsCa?: string;
}

/** What the chip and its drivers offer to the application. */
export interface BoardServices {
  readonly console: BoardConsole;
  readonly markers: Markers;
  readonly sound: SoundCard;
  readonly faults: FaultSwitches;
  readonly provider: ProviderAccess;
  /** Name of the network in the board's NVS. */
  readonly ssid: string;
  /** Free bytes at this moment. */
  readonly memory: { readonly internal: number; readonly psram: number };
  /** The time of day as far as the board knows. */
  readonly wallClock: WallClock;
  /** Host milliseconds (`process.hrtime`), for counted truth only: firmware has no such clock. */
  hostNowMs(): number;
  /** Once, after `delayMs` of board time, unless the board is reset before. */
  after(delayMs: number, callback: () => void): Cancel;
  /** Writes to address 0: the chip prints its panic and hangs. */
  panic(site: PanicSite): void;
  /** Does what the fault that strikes in the middle of a reply does; nothing where none is on. */
  strike(site: PanicSite): void;
  /** Leaves the network and joins another; `networkUp` follows. */
  joinWifi(ssid: string): void;
  /** `esp_restart`: the chip boots again. */
  restart(): void;
}

/** One firmware's application: what a dialect adds to the chip. A new one is made at each boot. */
export interface Application {
  readonly commands: readonly ReplCommand[];
  readonly session: SessionState;
  /** How replies arrived that travel on RTP; undefined without such a session. */
  readonly soundCounts?: SoundCounts | undefined;
  /** The board has its address, such as `192.168.7.31`. */
  networkUp(address: string): void;
  networkDown(): void;
  /** Typed bytes, for a firmware that does not have esp_console. */
  input?(bytes: Uint8Array): void;
  /**
   * The processor stands still: what arrives is read by nobody, and connections stay as they are. Absent: nothing of it needs to be
   * stopped, since its timers and its sound are.
   */
  freeze?(): void;
  /** The chip stops here and now: connections end without a goodbye and nothing is printed any more. */
  cut(): void;
}

/** What a firmware needs to know of its provider, and what it was built with where nobody says otherwise. */
export interface AccessDefaults {
  /** Schemes of the URLs that it can reach. */
  readonly schemes: readonly string[];
  /** Dummies, by the names that its credentials have. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly model: string;
}

export const socketSchemes = ['ws:', 'wss:'] as const;
export const requestSchemes = ['http:', 'https:'] as const;

/** A dialect: the identity that the boot log shows, how it comes up, and its application. */
export interface FirmwareDialect {
  readonly identity: FirmwareIdentity;
  readonly startUp: StartUp;
  readonly access: AccessDefaults;
  /**
   * Where the console is: on a UART behind a USB bridge (default), or on the chip's own USB, where ESP-IDF's default console
   * prints and does not read (device.md 2.4).
   */
  readonly console?: 'uart' | 'usb-output';
  /** Rate of the speaker; default 24 000 Hz. */
  readonly dacRateHz?: number;
  /** What a panic ends in; default: the GDB stub. */
  readonly panicEnd?: PanicEnd;
  start(services: BoardServices): Application;
}
