import { randomBytes } from 'node:crypto';

/**
 * A run id such as `20260314T091502Z-7f3a`: UTC time to the second, so that names sort by time, and a short random tail for
 * runs of the same second. Letters, digits and one hyphen only, so it is a file name on Windows too.
 * @param startedAtIso - ISO 8601 with zone.
 */
export function createRunId(startedAtIso: string, random: Buffer = randomBytes(2)): string {
  const utc = new Date(startedAtIso).toISOString();
  return `${utc.slice(0, 19).replace(/[-:]/g, '')}Z-${random.toString('hex')}`;
}

/** A name as a folder: characters that Windows refuses become `_`, and names that it reserves get one in front. */
export function folderNameOf(name: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are refused as well
  const safe = name.replace(/[<>:"/\\|?*\u0000-\u001f]/g, '_').replace(/[. ]+$/, '_');
  return safe === '' || /^(\.+|con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe) ? `_${safe}` : safe;
}
