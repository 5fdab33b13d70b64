import { maskedBase64Lines } from './base64-lines';
import { secretKey, secretPatterns } from './secret-patterns';
import { MASK, mask, merged, type SecretSpan } from './mask';
import { RedactingStream } from './redacting-stream';

/** Masks secrets where bytes enter the store. */
export interface Redactor {
  /** Text with its secrets masked. */
  readonly text: (text: string) => string;
  /** A JSON-ready value with the secrets of all its strings masked; values under keys such as `authorization` go whole. */
  readonly value: <T>(value: T) => T;
  /** Bytes of an image, such as memory or a flash partition, with what was given as secret overwritten and nothing moved. */
  readonly bytes: (bytes: Uint8Array) => Buffer;
  /** A masking filter for raw bytes that come in chunks of any size. */
  readonly stream: () => RedactingStream;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

type Mask = (original: string) => string;

/** Keys of which it is known that they are no secret. */
const MOST_KEYS = 2_000;
/** Masking `on` everywhere would destroy the log. */
const SHORTEST_SECRET = 4;
/** Shorter ones would be found by chance. */
const SHORTEST_BASE64 = 10;

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
/** As encoders write JSON that is to be ASCII alone, such as Python's. */
const inAsciiJson = (text: string): string =>
  inJson(text).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
const lowerHex = (url: string): string => url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());

/** What is the same of a text's Base64 whatever stands around it, for each of its three places in a group. */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2]
    .map((offset) => {
      const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
      return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    })
    .filter(({ length }) => length >= SHORTEST_BASE64);
}

/**
 * A value that was given as secret in the forms in which it may show up: plain, in JSON, also of JSON in JSON, in a URL, in a form, in
 * Base64, as UTF-8 bytes.
 */
const formsOf = (secret: string): string[] => {
  const inUrl = encodeURIComponent(secret);
  const inForm = inUrl.replaceAll('%20', '+');
  const jsons = [inJson(secret), inAsciiJson(secret), inJson(secret).replaceAll('/', '\\/')];
  return [
    secret,
    ...jsons,
    ...jsons.map(inJson),
    ...[inUrl, inForm].flatMap((url) => [url, lowerHex(url)]),
    ...inBase64(secret),
    Buffer.from(secret, 'utf8').toString('latin1'),
  ];
};

/**
 * @param secrets - Values that are secret whatever they look like, such as the Wi-Fi password and the API keys of the
 *   environment. Shorter than 4 characters is ignored: masking `on` everywhere would destroy the log.
 */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const long = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
  const forms = [...new Set(long.flatMap(formsOf))];
  const given =
    forms.length === 0
      ? []
      : // The longest first: of two secrets that begin alike, the whole of the longer one goes.
        [
          new RegExp(
            `(?<secret>${forms
              .sort((a, b) => b.length - a.length)
              .map(escaped)
              .join('|')})`,
            'dg',
          ),
        ];
  const patterns = [...given, ...secretPatterns.map(({ pattern }) => pattern)];

  const spansOf = (text: string): SecretSpan[] => {
    const spans: SecretSpan[] = [];
    for (const pattern of patterns) {
      for (const match of text.matchAll(pattern)) {
        const [from, to] = match.indices?.groups?.['secret'] ?? [0, 0];
        if (to > from) spans.push({ from, to });
      }
    }
    return spans.length > 1 ? merged(spans) : spans;
  };
  const inLines = maskedBase64Lines(long);
  const text = (original: string): string => {
    const shown = inLines(original);
    return mask(shown, spansOf(shown));
  };
  const keys = new Map<string, string>();
  const keyText = (key: string): string => {
    const known = keys.get(key);
    if (known !== undefined) return known;
    // Keys repeat by the thousand, but for those that a firmware made up.
    if (keys.size >= MOST_KEYS) keys.clear();
    const shown = text(key);
    keys.set(key, shown);
    return shown;
  };
  const value = <T>(original: T): T => redactValue(original, text, keyText) as T;
  const written = long.map((secret) => Buffer.from(secret, 'utf8'));
  const bytes = (original: Uint8Array): Buffer => {
    const image = Buffer.from(original);
    for (const secret of written) {
      for (let at = image.indexOf(secret); at >= 0; at = image.indexOf(secret, at + secret.length))
        image.fill('*', at, at + secret.length);
    }
    return image;
  };
  return { text, value, bytes, stream: () => new RedactingStream(spansOf, longestOf(forms), inLines) };
}

const longestOf = (forms: readonly string[]): number =>
  forms.reduce((longest, form) => Math.max(longest, form.length), 0);

function redactValue(value: unknown, text: Mask, keyText: Mask): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, text, keyText));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      keyText(key),
      isSecret(key, entry) ? MASK : redactValue(entry, text, keyText),
    ]),
  );
}

/** What stands under a telling key goes whole, be it a text, a number or several; that there is none, or a switch, is no secret. */
const isSecret = (key: string, entry: unknown): boolean =>
  secretKey.test(key) && entry !== undefined && entry !== null && typeof entry !== 'boolean';
