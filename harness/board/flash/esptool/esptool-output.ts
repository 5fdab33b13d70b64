/** What esptool 4 and 5 print (device.md 5.5), as far as it is read. Nothing else may be relied on. */
export type EsptoolLine =
  | { readonly says: 'chip' | 'mac'; readonly text: string }
  /** So much of the image that goes to the region around this address. */
  | { readonly says: 'writing'; readonly address: number; readonly percent: number }
  /** The flash holds what the next of the files holds, by its MD5. */
  | { readonly says: 'verified' };

/** A line of its output; undefined for one that says nothing of use. */
export function readEsptoolLine(line: string): EsptoolLine | undefined {
  const [, chip] = /^(?:Chip is|Chip type:)\s+(\S.*?)\s*$/.exec(line) ?? [];
  if (chip !== undefined) return { says: 'chip', text: chip };
  const [, mac] = /^MAC:\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s*$/i.exec(line) ?? [];
  if (mac !== undefined) return { says: 'mac', text: mac.toLowerCase() };
  const [, address, percent] =
    /^Writing (?:'.*' )?at (?:0x)?([0-9a-f]+)\b.*?(\d+(?:\.\d+)?) ?%/i.exec(line) ?? [];
  if (address !== undefined && percent !== undefined)
    return { says: 'writing', address: Number.parseInt(address, 16), percent: Number(percent) };
  return /^Hash of data verified/.test(line) ? { says: 'verified' } : undefined;
}

const FAILURE = /^(?:A fatal error occurred|A serial exception error occurred): .*/m;
const LONGEST_REASON = 300;

// eslint-disable-next-line no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

/** The line that says why it failed: version 4 prints it on stdout, version 5 on stderr. Undefined when it said nothing. */
export function failureIn(stdout: string, stderr: string): string | undefined {
  const [said, complained] = [stdout.replace(COLOURS, ''), stderr.replace(COLOURS, '').trim()];
  const named = FAILURE.exec(complained)?.[0] ?? FAILURE.exec(said)?.[0];
  const last = complained === '' ? undefined : complained.split('\n').at(-1)?.trim();
  return (named ?? last)?.slice(0, LONGEST_REASON);
}
