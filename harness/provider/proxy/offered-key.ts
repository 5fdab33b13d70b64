/** How browsers show a key, which cannot set headers (reference/providers.md 2.2). */
const KEY_PROTOCOL = 'openai-insecure-api-key.';

/** The key in a subprotocol; undefined for one that is none. */
export const keyIn = (protocol: string): string | undefined =>
  protocol.startsWith(KEY_PROTOCOL) ? protocol.slice(KEY_PROTOCOL.length) : undefined;
