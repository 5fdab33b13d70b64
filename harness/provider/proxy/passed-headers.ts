import type { IncomingMessage } from 'node:http';

/**
 * Headers that belong to one hop only (RFC 9110 section 7.6.1), and those that the proxy answers for itself: the host is the
 * provider's, and compression is refused, since nobody could time tokens in it.
 */
const ofOneHop: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'accept-encoding',
  'expect',
]);

/** Names and values in turn, as Node takes raw headers, in the sender's order and spelling. */
export function passedOn(
  { rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>,
  dropped: (lowerName: string) => boolean = () => false,
): string[] {
  const passed: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const lower = name.toLowerCase();
    if (!ofOneHop.has(lower) && !dropped(lower)) passed.push(name, rawHeaders[at + 1] ?? '');
  }
  return passed;
}

/** Headers by lower-case name; several of one name joined as HTTP allows. */
export function headersByName({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): Record<string, string> {
  const byName: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = rawHeaders[at + 1] ?? '';
    byName[name] = Object.hasOwn(byName, name) ? `${byName[name] ?? ''}, ${value}` : value;
  }
  return byName;
}
