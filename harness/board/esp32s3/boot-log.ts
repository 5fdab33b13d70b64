import { isSoftReset, parseLogLine, type LogLine } from '../console';
import type { EventBody, LineReader } from '../event-body';
import type { FirmwareIdentity } from '../../ports';
import { resetCause } from './reset-cause';

const RESET = /rst:0x([0-9a-f]+) \(([A-Z0-9_]+)\),boot:0x[0-9a-f]+ \(.+\)/;
// ESP-IDF 4.4 prints the identity under cpu_start.
const IDENTITY_TAGS: ReadonlySet<string> = new Set(['app_init', 'cpu_start']);
const IDENTITY_LINE = /^(Project name|App version|Compile time|ELF file SHA256|ESP-IDF):\s+(.*)$/;

const fields: Readonly<Record<string, keyof FirmwareIdentity>> = {
  'Project name': 'project',
  'App version': 'version',
  'Compile time': 'compiled',
  'ELF file SHA256': 'elfSha256Prefix',
  'ESP-IDF': 'idf',
};

/** MicroPython mutes ESP-IDF's log; its banner tells what runs (device.md section 8). */
const MICROPYTHON = /^(?:>>> )?MicroPython (\S+) on (\d{4}-\d\d-\d\d); .+ with \S+$/;

/**
 * Reads what every ESP32-S3 prints while it boots: the reset cause from the ROM banner, and the firmware's identity once
 * the block that tells it is over. The second-stage bootloader may be silent, so nothing depends on it. A boot whose
 * banner was lost is told with its first stamped line.
 */
export function bootLogReader(): LineReader {
  let identity: { -readonly [Field in keyof FirmwareIdentity]: FirmwareIdentity[Field] } = {};
  let latestBoot: number | undefined;
  let isAnnounced = false;
  return (line) => {
    const reset = RESET.exec(line.text);
    if (reset !== null) {
      identity = {};
      isAnnounced = true;
      return [{ type: 'boot', resetCause: resetCause(parseInt(reset[1] ?? '', 16), reset[2] ?? '') }];
    }
    if (isSoftReset(line.text)) {
      identity = {};
      latestBoot = line.boot;
      isAnnounced = true;
      return [{ type: 'boot', resetCause: 'soft reset of MicroPython' }];
    }
    const isNewBoot = latestBoot !== undefined && line.boot > latestBoot;
    latestBoot = line.boot;
    // A banner carries no stamp, so a boot that begins with a stamped line has lost its own.
    const isUnannounced = isNewBoot && !isAnnounced && line.deviceAtMs !== undefined;
    if (line.deviceAtMs !== undefined) isAnnounced = false;
    if (isUnannounced) identity = {};
    const [, version, compiled] = MICROPYTHON.exec(line.text) ?? [];
    if (version !== undefined && compiled !== undefined)
      return [{ type: 'firmware', firmware: { project: 'micropython', version, compiled } }];
    const log = parseLogLine(line.text);
    return [
      ...(isUnannounced ? [{ type: 'boot', resetCause: 'unknown, its banner was lost' } as const] : []),
      ...(log === undefined ? [] : readLog(log)),
    ];
  };

  function readLog(log: LogLine): readonly EventBody[] {
    const told = identityField(log);
    if (told !== undefined) {
      identity[told.field] = told.value;
      return [];
    }
    if (log.tag === 'app_init' || Object.keys(identity).length === 0) return [];
    const event: EventBody = { type: 'firmware', firmware: identity };
    identity = {};
    return [event];
  }
}

function identityField(log: LogLine): { field: keyof FirmwareIdentity; value: string } | undefined {
  if (!IDENTITY_TAGS.has(log.tag)) return undefined;
  const [, name = '', value = ''] = IDENTITY_LINE.exec(log.message) ?? [];
  const field = fields[name];
  if (field === undefined) return undefined;
  return { field, value: field === 'elfSha256Prefix' ? value.replace(/\.+$/, '') : value.trim() };
}
