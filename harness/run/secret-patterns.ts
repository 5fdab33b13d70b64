/** One kind of secret in text; only the group named `secret` is masked, what leads up to it stays. */
export interface SecretPattern {
  readonly kind: string;
  readonly pattern: RegExp;
}

/**
 * Secrets that a console or a provider log may show, with the text that leads up to them kept. Every pattern stays within one
 * line, and masking twice changes nothing. `reference/device.md` §8 and the provider pages name the sources.
 */
export const secretPatterns: readonly SecretPattern[] = [
  // The openai_demo console command; the password may hold blanks, so everything behind the SSID goes.
  {
    kind: 'wifi-command',
    pattern:
      /(?:^|>|\[[\d;]*[mK])[ \t]*wifi[ \t]+(?:"[^"\r\n]*"|'[^'\r\n]*'|[^\s"']+)[ \t]+(?<secret>[^\r\n]+)/dgm,
  },
  { kind: 'authorization', pattern: /authorization["']?\s*:\s*["']?(?<secret>[^\r\n"']+)/dgi },
  { kind: 'cookie', pattern: /\b(?:set-)?cookie["']?\s*:\s*["']?(?<secret>[^\r\n"']+)/dgi },
  {
    kind: 'token-header',
    pattern: /\bx-(?:auth|subject|tc)-token["']?\s*[:=]\s*["']?(?<secret>[^\s"',&;]+)/dgi,
  },
  { kind: 'user-in-url', pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:(?<secret>[^\s/@"']+)@/dgi },
  // MicroPython echoes what is typed: wlan.connect('LabNet', 's3cret').
  {
    kind: 'wifi-call',
    pattern: /\.connect\(\s*(?:"[^"\r\n]*"|'[^'\r\n]*')\s*,\s*(?<secret>"[^"\r\n]*"|'[^'\r\n]*')/dg,
  },
  { kind: 'bearer', pattern: /\bbearer\s+(?<secret>[\w.~+/=-]{4,})/dgi },
  { kind: 'api-key', pattern: /\b(?:x-)?api[-_ ]?key["']?\s*[:=]\s*["']?(?<secret>[^\s"',&;]+)/dgi },
  // Keys are long and hold digits; `sk-light-on-a` is a Slovak prompt.
  { kind: 'token', pattern: /\b(?<secret>(?:sk|ek|rk)[-_](?=[\w-]*\d)[\w-]{16,})/dg },
  { kind: 'jwt', pattern: /\b(?<secret>eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?)/dg },
  {
    kind: 'password',
    pattern:
      /\b(?:password|passwd|passphrase|psw|client[-_]secret|secret[-_]?key)["']?\s*[:=]\s*["']?(?<secret>[^\s"',;}]+)/dgi,
  },
  { kind: 'ice', pattern: /\b(?:ice-(?:pwd|ufrag):|ufrag )\s*(?<secret>[^\s"'\\]+)/dgi },
  // The service quotes the key back, partly masked by itself.
  { kind: 'refused-key', pattern: /\bapi key provided:\s*(?<secret>[^\s"'\\]*[^\s"'\\.])/dgi },
  {
    kind: 'signed-url',
    pattern:
      /[?&](?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig|authorization|access[-_]?token|token|key)=(?<secret>[^&\s"'<>\\]+)/dgi,
  },
  { kind: 'signature', pattern: /\bsignature\s*=\s*["']?(?<secret>[\w+/=%-]{8,})/dgi },
];

/** Keys of structured values whose text is a secret whatever it looks like. */
export const secretKey =
  /^(authorization|proxy-authorization|cookie|set-cookie|x?-?api[-_]?key|password|passphrase|psw|client[-_]?secret|secret|secret[-_]?key|ice-?pwd|x-(?:auth|subject|tc)-token)$/i;
