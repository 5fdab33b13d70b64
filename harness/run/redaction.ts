import { secretKey, secretPatterns } from './secret-patterns';
import { MASK, mask, merged, type SecretSpan } from './mask';
import { RedactingStream } from './redacting-stream';

/** Masks secrets where bytes enter the store. */
export interface Redactor {
  /** Text with its secrets masked. */
  readonly text: (text: string) => string;
  /** A JSON-ready value with the secrets of all its strings masked; values under keys such as `authorization` go whole. */
  readonly value: <T>(value: T) => T;
  /** A masking filter for raw bytes that come in chunks of any size. */
  readonly stream: () => RedactingStream;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A value that was given as secret in the forms in which it may show up: plain, in JSON, in a URL, as UTF-8 bytes. */
const formsOf = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret, 'utf8').toString('latin1'),
];

/**
 * @param secrets - Values that are secret whatever they look like, such as the Wi-Fi password and the API keys of the
 *   environment. Shorter than 4 characters is ignored: masking `on` everywhere would destroy the log.
 */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const forms = [...new Set(secrets.filter((secret) => secret.length >= 4).flatMap(formsOf))];
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
  const text = (original: string): string => mask(original, spansOf(original));
  const value = <T>(original: T): T => redactValue(original, text) as T;
  return { text, value, stream: () => new RedactingStream(spansOf, longestOf(forms)) };
}

const longestOf = (forms: readonly string[]): number =>
  forms.reduce((longest, form) => Math.max(longest, form.length), 0);

function redactValue(value: unknown, text: (original: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      typeof entry === 'string' && secretKey.test(key) ? MASK : redactValue(entry, text),
    ]),
  );
}
