import type { IncomingHttpHeaders } from 'node:http';

/** The key behind `Bearer `; undefined when there is none. */
export const bearerOf = (headers: IncomingHttpHeaders): string | undefined =>
  /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];

/** A key as it may stand in an error and in a log. */
export const masked = (key: string): string =>
  key.length <= 8 ? '***' : `${key.slice(0, 3)}***${key.slice(-4)}`;
