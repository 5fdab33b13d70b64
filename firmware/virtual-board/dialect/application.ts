import type { Cancel } from '../board-clock';
import type { BoardConsole } from '../console/board-console';
import type { ReplCommand } from '../console/repl';
import type { FaultSwitches } from '../faults';
import type { FirmwareIdentity } from '../firmware-identity';
import type { PanicSite } from '../panic-text';
import type { SoundCard } from '../sound/sound-card';

/** `none`: never opened or stopped; `open`: WebSocket up, tools not applied yet; `closed`: gone, with no reconnect. */
export type SessionState = 'none' | 'connecting' | 'open' | 'ready' | 'closed';

/** How the board reaches its provider. */
export interface ProviderAccess {
  /** `ws://` or `wss://`; path and model are added when they are missing. */
  readonly url: string;
  readonly apiKey: string;
  readonly model: string;
}

/** What the chip and its drivers offer to the application. */
export interface BoardServices {
  readonly console: BoardConsole;
  readonly sound: SoundCard;
  readonly faults: FaultSwitches;
  readonly provider: ProviderAccess;
  /** Host milliseconds (`process.hrtime`), for counted truth only: firmware has no such clock. */
  hostNowMs(): number;
  /** Once, after `delayMs` of board time, unless the board is reset before. */
  after(delayMs: number, callback: () => void): Cancel;
  /** Writes to address 0: the chip prints its panic and hangs. */
  panic(site: PanicSite): void;
  /** Leaves the network and joins another; `networkUp` follows. */
  joinWifi(ssid: string): void;
}

/** One firmware's application: what a dialect adds to the chip. A new one is made at each boot. */
export interface Application {
  readonly commands: readonly ReplCommand[];
  readonly session: SessionState;
  networkUp(): void;
  networkDown(): void;
  /** The chip stops here and now: connections end without a goodbye and nothing is printed any more. */
  cut(): void;
}

/** A dialect: the identity that the boot log shows, and its application. */
export interface FirmwareDialect {
  readonly identity: FirmwareIdentity;
  start(services: BoardServices): Application;
}
