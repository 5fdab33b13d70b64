import { createHmac } from 'node:crypto';

/** What the Spark console hands out for one application, the `app_id` left out: that one travels in the message. */
export interface SparkKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** The parts of a request that a Spark signature covers, as they are sent. */
export interface SparkSigned {
  /** Default GET, which is what opens a WebSocket. */
  readonly method?: string;
  /** As in the query's `host`. */
  readonly host: string;
  /** RFC 1123 in GMT, as in the query's `date`: `Fri, 05 May 2023 10:43:39 GMT`. */
  readonly date: string;
  /** Without the query: `/v3.1/chat`. */
  readonly path: string;
}

/** Base64 of HMAC-SHA256 over host, date and request line; the secret is used as text although it looks like base64. */
export function sparkSignature({ method = 'GET', host, date, path }: SparkSigned, apiSecret: string): string {
  const signed = `host: ${host}\ndate: ${date}\n${method} ${path} HTTP/1.1`;
  return createHmac('sha256', apiSecret).update(signed).digest('base64');
}

/** The query's `authorization`: base64 of the list of what was signed, with what, and the signature. */
export function sparkAuthorization(signed: SparkSigned, { apiKey, apiSecret }: SparkKeys): string {
  const signature = sparkSignature(signed, apiSecret);
  const headers = 'host date request-line';
  const origin = `api_key="${apiKey}", algorithm="hmac-sha256", headers="${headers}", signature="${signature}"`;
  return Buffer.from(origin).toString('base64');
}

/**
 * The URL that opens a Spark conversation: the given one with `authorization`, `date` and `host` as its query, form-encoded.
 * It is good for 300 s either way (iFlytek's URL authentication; reference/providers.md 4.2).
 * @param url - `wss://spark-api.xf-yun.com/v3.1/chat`; a query that it has is dropped, since it would not be signed.
 */
export function signSparkUrl(url: string, keys: SparkKeys, unixMs: number): string {
  const { protocol, host, pathname: path } = new URL(url);
  const date = new Date(unixMs).toUTCString();
  const authorization = sparkAuthorization({ host, date, path }, keys);
  return `${protocol}//${host}${path}?${new URLSearchParams({ authorization, date, host }).toString()}`;
}
