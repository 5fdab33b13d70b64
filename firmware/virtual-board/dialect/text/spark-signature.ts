import { createHmac } from 'node:crypto';

/**
 * The URL of a Spark WebSocket, signed for the host it names and a date: `date` is the board's, and the server accepts what is
 * at most 300 s off (providers.md 4.2).
 */
export function signedSparkUrl(url: URL, apiKey: string, apiSecret: string, unixMs: number): URL {
  const date = new Date(unixMs).toUTCString();
  const toSign = `host: ${url.host}\ndate: ${date}\nGET ${url.pathname} HTTP/1.1`;
  const signature = createHmac('sha256', apiSecret).update(toSign).digest('base64');
  const origin = `api_key="${apiKey}", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`;
  const authorization = Buffer.from(origin).toString('base64');
  const signed = new URL(url);
  signed.search = new URLSearchParams({ authorization, date, host: url.host }).toString();
  return signed;
}
