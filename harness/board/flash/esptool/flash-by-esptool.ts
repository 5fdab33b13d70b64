import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unverifiedError } from '../flash-errors';
import type { FlashResult } from '../flash-board';
import type { FlashPlan } from '../flash-plan';
import { FlashJournal, interruptible, type FlashProgress } from '../flash-progress';
import type { FlashRegion } from '../loader-session';
import { placeRegions } from '../place-regions';
import type { WifiCredentials } from '../wifi-in-nvs';
import { readEsptoolLine } from './esptool-output';
import { ESPTOOL_PROGRAMS, EsptoolProgram } from './esptool-program';

/** Images and NVS hold keys: for the owner alone. */
const OWNER_ONLY = 0o600;

export interface EsptoolOptions {
  /** As esptool takes it: a device, or a URL of pyserial such as `rfc2217://HOST:PORT`. */
  readonly port: string;
  readonly plan: FlashPlan;
  readonly wifi?: WifiCredentials;
  readonly baudRate: number;
  readonly onProgress?: (progress: FlashProgress) => void;
  /** Ends esptool where it is. */
  readonly signal?: AbortSignal;
  /** Names or paths; the first that is installed is taken. Default: esptool 5, else 4. */
  readonly programs?: readonly string[];
}

/**
 * Writes a plan into the flash by an installed esptool, which verifies it and boots it. All of it is written, whatever the flash holds.
 * @throws BoardError `HIL_FLASH_TOOL_MISSING`, `HIL_FLASH_TOOL_FAILED`, `HIL_FLASH_NO_ROOM`, `HIL_FLASH_NVS`, `HIL_FLASH_INTERRUPTED`; ConfigError
 *   as `placeRegions` does.
 */
export async function flashByEsptool(options: EsptoolOptions): Promise<FlashResult> {
  const { port, signal, programs = ESPTOOL_PROGRAMS } = options;
  const journal = new FlashJournal(options.onProgress);
  const folder = mkdtempSync(join(tmpdir(), 'earshot-esptool-'));
  try {
    return await interruptible(
      { port, journal, ...(signal === undefined ? {} : { signal }) },
      async (stopped) => {
        const esptool = await EsptoolProgram.find(programs, stopped);
        return new EsptoolRun(options, esptool, journal, folder).flash();
      },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class EsptoolRun {
  private chip: string | undefined;
  private mac: string | undefined;

  constructor(
    private readonly options: EsptoolOptions,
    private readonly esptool: EsptoolProgram,
    private readonly journal: FlashJournal,
    /** For the files that esptool reads and writes. */
    private readonly folder: string,
  ) {}

  async flash(): Promise<FlashResult> {
    const { plan, wifi, baudRate } = this.options;
    this.journal.take({ step: 'connect', baudRate });
    const regions = await placeRegions(plan, wifi, (offset, sizeBytes) => this.read(offset, sizeBytes));
    const verified = await this.write(regions);
    if (verified < regions.length) throw unverifiedError(this.esptool.name, verified, regions.length);
    this.journal.take({ step: 'restart' });
    return {
      tool: this.esptool.name,
      chip: this.chip,
      mac: this.mac,
      baudRate,
      regions: regions.map(({ name, offset, bytes }) => ({
        name,
        offset,
        sizeBytes: bytes.length,
        state: 'written',
      })),
      restart: 'esptool',
    };
  }

  private async read(offset: number, sizeBytes: number): Promise<Buffer> {
    const file = join(this.folder, `read-${offset}.bin`);
    // Made before, so that it is never anybody else's to read.
    writeFileSync(file, '', { mode: OWNER_ONLY });
    const command = ['read-flash', String(offset), String(sizeBytes), file];
    await this.esptool.run('reading the flash', [...this.connection(), ...command]);
    return readFileSync(file);
  }

  /** @returns How many of them it says that it verified. */
  private async write(regions: readonly FlashRegion[]): Promise<number> {
    const files = regions.flatMap(({ offset, bytes }) => {
      // A copy: what was checked is what is written, and the NVS is in no file yet.
      const file = join(this.folder, `write-${offset}.bin`);
      writeFileSync(file, bytes, { mode: OWNER_ONLY });
      return [String(offset), file];
    });
    const keep = ['--flash-mode', 'keep', '--flash-freq', 'keep', '--flash-size', 'keep'];
    const { take } = this.journal;
    let verified = 0;
    await this.esptool.run(
      'writing the flash',
      [...this.connection(), 'write-flash', ...keep, ...files],
      (text) => {
        const line = readEsptoolLine(text);
        if (line?.says === 'chip') this.connected(line.text);
        else if (line?.says === 'mac') this.mac = line.text;
        else if (line?.says === 'writing') {
          const region = regions.findLast(({ offset }) => offset <= line.address) ?? regions[0];
          if (region === undefined) return;
          const sizeBytes = region.bytes.length;
          const writtenBytes = Math.floor((sizeBytes * line.percent) / 100);
          take({ step: 'write', name: region.name, writtenBytes, sizeBytes });
        } else if (line?.says === 'verified') {
          const region = regions[verified];
          verified += 1;
          if (region !== undefined)
            take({ step: 'written', name: region.name, sizeBytes: region.bytes.length });
        }
      },
    );
    return verified;
  }

  private connected(chip: string): void {
    if (this.chip !== undefined) return;
    this.chip = chip;
    this.journal.take({ step: 'connected', chip, baudRate: this.options.baudRate });
  }

  /** Out of the loader again behind each call, reads too: there may be no further one, and the next resets the chip into it anyway. */
  private connection(): readonly string[] {
    const { port, baudRate } = this.options;
    const resets = ['--before', 'default-reset', '--after', 'hard-reset'];
    return ['--chip', 'esp32s3', '--port', port, '--baud', String(baudRate), ...resets];
  }
}
