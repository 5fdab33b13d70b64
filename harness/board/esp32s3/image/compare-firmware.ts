import type { FirmwareIdentity } from '../../../ports';
import type { AppDescription } from './app-description';

/** Whether the board runs the image under test. Only the SHA-256 of the ELF can prove it; names and dates can disprove it. */
export type FirmwareMatch =
  | { readonly state: 'match'; readonly elfSha256Prefix: string }
  | { readonly state: 'other-image'; readonly differences: readonly FirmwareDifference[] }
  /** Nothing disproves it, and what would prove it is missing: `lacked` is a sentence about what that was. */
  | { readonly state: 'unknown'; readonly lacked: string };

export interface FirmwareDifference {
  readonly field: 'ELF SHA-256' | 'project' | 'version' | 'compile time' | 'ESP-IDF';
  readonly running: string;
  readonly underTest: string;
}

/** `CONFIG_APP_RETRIEVE_LEN_ELF_SHA` is 8 to 64 digits, 9 unless set (16 before ESP-IDF 5.1); fewer were cut on the way. */
const LEAST_PREFIX_DIGITS = 8;
const DEFAULT_PREFIX_DIGITS = 9;

/** The digits that ESP-IDF prints at boot and in a panic of an image; undefined when it holds no hash of its ELF. */
export const printedElfSha = ({ elfSha256 }: AppDescription): string | undefined =>
  elfSha256?.slice(0, DEFAULT_PREFIX_DIGITS);

/**
 * Compares what a board printed while it booted with the description in an image.
 * @param running - Undefined when the board has told nothing.
 * @param underTest - Undefined when the image has no description.
 */
export function compareFirmware(
  running: FirmwareIdentity | undefined,
  underTest: AppDescription | undefined,
): FirmwareMatch {
  if (underTest === undefined)
    return { state: 'unknown', lacked: 'The image under test holds no application description.' };
  if (running === undefined)
    return { state: 'unknown', lacked: 'The board printed nothing about its firmware.' };

  const printed = wholePrefix(running.elfSha256Prefix);
  if (printed !== undefined && underTest.elfSha256?.startsWith(printed) === true)
    return { state: 'match', elfSha256Prefix: printed };
  const differences = differencesOf(running, underTest);
  if (differences.length > 0) return { state: 'other-image', differences };
  return { state: 'unknown', lacked: whatLacked(running.elfSha256Prefix, underTest) };
}

function whatLacked(printed: string | undefined, { elfSha256 }: AppDescription): string {
  if (elfSha256 === undefined) return 'The image under test holds no SHA-256 of its ELF.';
  if (printed === undefined) return 'The board printed no SHA-256 of its ELF.';
  return `The board printed "${printed}" as the SHA-256 of its ELF; expected at least ${LEAST_PREFIX_DIGITS} hex digits.`;
}

/** Fields that both sides tell, and tell differently; the hash first. */
function differencesOf(running: FirmwareIdentity, underTest: AppDescription): readonly FirmwareDifference[] {
  const printed = wholePrefix(running.elfSha256Prefix);
  // MicroPython leaves its name and version out of the image and prints ones of its own, with a date of another form.
  const isNamed = underTest.project !== '';
  const pairs: readonly (readonly [FirmwareDifference['field'], string | undefined, string | undefined])[] = [
    ['ELF SHA-256', printed, underTest.elfSha256?.slice(0, printed?.length ?? 0)],
    ['project', running.project, isNamed ? underTest.project : undefined],
    ['version', running.version, isNamed ? underTest.version : undefined],
    ['compile time', running.compiled, isNamed ? underTest.compiled : undefined],
    ['ESP-IDF', running.idf, underTest.idf],
  ];
  return pairs.flatMap(([field, seen = '', expected = '']) =>
    seen === '' || expected === '' || seen === expected
      ? []
      : [{ field, running: seen, underTest: expected }],
  );
}

/** The digits, lower case; undefined when they are too few or no digits. */
const wholePrefix = (printed: string | undefined): string | undefined =>
  printed !== undefined && /^[0-9a-f]+$/i.test(printed) && printed.length >= LEAST_PREFIX_DIGITS
    ? printed.toLowerCase()
    : undefined;
