/** Status bytes of a command that was not carried out; ROM and stub have numbers of their own (device.md 5.1). */
const codes = {
  'invalid-message': { rom: 0x05, stub: 0xc3 },
  failed: { rom: 0x06, stub: 0xc4 },
  checksum: { rom: 0x07, stub: 0xc1 },
  inflate: { rom: 0x0b, stub: 0xc7 },
  'not-begun': { rom: 0x06, stub: 0xc6 },
  'too-much-data': { rom: 0x06, stub: 0xc9 },
  parameter: { rom: 0x0d, stub: 0xc0 },
  'no-such-command': { rom: 0x05, stub: 0xff },
} as const;

/** Why the loader refuses a command. */
export class LoaderFault extends Error {
  constructor(
    readonly reason: keyof typeof codes,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }

  codeOf(loader: 'rom' | 'stub'): number {
    return codes[this.reason][loader];
  }
}
