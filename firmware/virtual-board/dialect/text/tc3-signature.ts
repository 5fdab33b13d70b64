import { createHash, createHmac } from 'node:crypto';

const ALGORITHM = 'TC3-HMAC-SHA256';
const SIGNED_HEADERS = 'content-type;host';

/** What a TC3 signature covers. */
export interface Tc3Request {
  readonly secretId: string;
  readonly secretKey: string;
  readonly service: string;
  /** As in the Host header. */
  readonly host: string;
  /** As it is sent. */
  readonly contentType: string;
  readonly body: string;
  readonly unixSeconds: number;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The Authorization header of Tencent Cloud's API 3.0 for a POST to `/`, signing content type and host. */
export function tc3Authorization(request: Tc3Request): string {
  const { secretId, secretKey, service, host, contentType, body, unixSeconds } = request;
  const date = new Date(unixSeconds * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const headers = `content-type:${contentType.toLowerCase()}\nhost:${host.toLowerCase()}\n`;
  const canonical = ['POST', '/', '', headers, SIGNED_HEADERS, sha256(body)].join('\n');
  const toSign = [ALGORITHM, unixSeconds, scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
  const signature = hmac(key, toSign).toString('hex');
  return `${ALGORITHM} Credential=${secretId}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${signature}`;
}
