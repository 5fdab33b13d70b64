import { AwsV4Signer } from 'aws4fetch';
import type { HttpDialect } from './http-blobs';

/** Who asks an S3-compatible store. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that end by themselves. */
  readonly sessionToken?: string;
  /** Where the URI names none. Default: `us-east-1`, which stores outside AWS take for any. */
  readonly region?: string;
}

/**
 * An S3-compatible store: `s3://bucket/prefix`, at AWS; with `?endpoint=https://minio:9000` anywhere else, and with `&region=` in
 * another region. Requests are signed by Signature Version 4, the hash of the content included.
 */
export function s3Dialect(uri: URL, keys: S3Keys): HttpDialect {
  const bucket = uri.hostname;
  const prefix = uri.pathname.replace(/^\/+|\/+$/g, '');
  const region = uri.searchParams.get('region') ?? keys.region ?? 'us-east-1';
  const endpoint = uri.searchParams.get('endpoint');
  const keyOf = (name: string): string => [prefix, name].filter((part) => part !== '').join('/');
  // A store of one's own has no name per bucket.
  const root =
    endpoint === null
      ? `https://${bucket}.s3.${region}.amazonaws.com`
      : `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  return {
    where: `${new URL(root).origin}, bucket ${bucket}`,
    uriOf: (name) => `s3://${bucket}/${keyOf(name)}`,
    urlOf: (name) => new URL(`${root}/${keyOf(name)}`),
    async sign({ method, url, headers, sha256 }) {
      const { accessKeyId, secretAccessKey, sessionToken } = keys;
      const signer = new AwsV4Signer({
        method,
        url: url.href,
        // S3 checks what arrives against it.
        headers: { ...headers, 'x-amz-content-sha256': sha256 },
        service: 's3',
        region,
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
      });
      return Object.fromEntries((await signer.sign()).headers.entries());
    },
  };
}
