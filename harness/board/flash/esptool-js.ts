import type { WebSerialDevice } from './web-serial-device';

/**
 * The part of esptool-js 0.7.0 that is used here. Its own types describe an ES module and lean on the browser's; its
 * `writeFlash`, its hard reset, its change of rate and its handling of image headers are left alone (device.md section 6).
 */
export interface EspTransport {
  trace: (message: string) => void;
  /** The payload of the next frame. */
  read(timeoutMs: number): Promise<Uint8Array>;
  write(payload: Uint8Array): Promise<void>;
}

export interface EspLoader {
  readonly chip: { readonly CHIP_NAME: string; readMac(loader: EspLoader): Promise<string> };
  /** True once Espressif's stub runs. */
  readonly IS_STUB: boolean;
  /** The longest block that the stub takes over this port. */
  readonly FLASH_WRITE_SIZE: number;
  /** Connects and identifies, as `main` does, and starts no stub. */
  detectChip(mode: 'no_reset', attempts: number): Promise<void>;
  main(mode: 'default_reset' | 'no_reset'): Promise<string>;
  /** As the chip told it when it was asked who it is. */
  getSecurityInfo(): Promise<{ readonly flags: number; readonly flashCryptCnt: number }>;
  checkCommand: (
    purpose: string,
    op: number,
    data?: Uint8Array,
    checksum?: number,
    answerBytes?: number,
    timeoutMs?: number,
  ) => Promise<number | Uint8Array>;
  checksum(data: Uint8Array): number;
  flashDeflBegin(sizeBytes: number, packedBytes: number, offset: number): Promise<number>;
  flashMd5sum(offset: number, sizeBytes: number): Promise<string>;
  readFlashId(): Promise<number>;
  readReg(address: number, timeoutMs?: number): Promise<number>;
  writeReg(address: number, value: number, mask?: number): Promise<void>;
}

interface EsptoolJs {
  readonly Transport: new (device: WebSerialDevice, tracing: boolean) => EspTransport;
  readonly ESPLoader: new (options: {
    readonly transport: EspTransport;
    readonly baudrate: number;
    readonly romBaudrate: number;
    readonly terminal: { clean(): void; write(text: string): void; writeLine(text: string): void };
  }) => EspLoader;
}

/** Loads it when it is needed: it is an ES module of 1 MB. */
export const loadEsptoolJs = async (): Promise<EsptoolJs> =>
  (await import('esptool-js')) as unknown as EsptoolJs;
