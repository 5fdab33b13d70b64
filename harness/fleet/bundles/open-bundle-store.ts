import { ConfigError } from '../../errors';
import { bearerDialect } from './bearer-dialect';
import type { Blobs } from './blobs';
import type { BundleLimits, BundleStore } from './bundle-store';
import { FileBlobs } from './file-blobs';
import { HttpBlobs } from './http-blobs';
import { PackedStore } from './packed-store';
import { s3Dialect, type S3Keys } from './s3-dialect';

/** What is never written in an address. */
export interface BundleSecrets {
  /** For `s3:`. */
  readonly s3?: S3Keys;
  /** For `https:`: goes with every request. Absent: none does. */
  readonly bearer?: string;
}

export interface BundleStoreOptions {
  readonly limits?: Partial<BundleLimits>;
  /** Before a server that is busy is asked again, doubled each time. Default: 250 ms. */
  readonly firstWaitMs?: number;
}

const EXPECTED =
  'file:///folder, s3://bucket/prefix?endpoint=https://host, or https://host/folder (http: on this machine only)';

/** Loopback: nobody else hears a token. */
const isHere = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/**
 * A store of bundles by its address: `file:///srv/earshot`, `s3://bucket/prefix?endpoint=https://minio:9000&region=…`, `https://host/…`.
 * Nothing is asked yet.
 * @throws ConfigError `HIL_CONFIG_USAGE` for another address, one with a password in it, and for `s3:` without keys.
 */
export function openBundleStore(
  address: string,
  secrets: BundleSecrets = {},
  { limits, firstWaitMs }: BundleStoreOptions = {},
): BundleStore {
  return new PackedStore(blobsOf(uriOf(address), secrets, firstWaitMs), limits);
}

function uriOf(address: string): URL {
  const uri = URL.canParse(address) ? new URL(address) : undefined;
  if (uri === undefined) throw new ConfigError('HIL_CONFIG_USAGE', usage(address), { address });
  if (uri.username !== '' || uri.password !== '')
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `The bundle store at ${uri.host} has a name or password in its address; keys come from the environment.`,
      { host: uri.host },
    );
  return uri;
}

function blobsOf(uri: URL, { s3, bearer }: BundleSecrets, firstWaitMs?: number): Blobs {
  if (uri.protocol === 'file:' && uri.hostname === '') return new FileBlobs(uri);
  if (uri.protocol === 's3:' && uri.hostname !== '') {
    const endpoint = uri.searchParams.get('endpoint') ?? 'https://s3';
    if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint))
      throw new ConfigError('HIL_CONFIG_USAGE', usage(uri.href), { address: uri.href });
    if (s3 !== undefined) return new HttpBlobs(s3Dialect(uri, s3), firstWaitMs);
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `The bundle store ${uri.href} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment or in .env.`,
      { address: uri.href },
    );
  }
  if (uri.protocol === 'https:' || (uri.protocol === 'http:' && isHere(uri)))
    return new HttpBlobs(bearerDialect(uri, bearer), firstWaitMs);
  throw new ConfigError('HIL_CONFIG_USAGE', usage(uri.href), { address: uri.href });
}

const usage = (address: string): string => `The bundle store is "${address}"; expected ${EXPECTED}.`;
