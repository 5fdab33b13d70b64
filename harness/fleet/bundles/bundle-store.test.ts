import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { FirmwareCache, openBundleStore, type BundleLimits, type BundleStore } from '.';
import type { BundleRef } from '..';
import { expectedSignature } from './__fixtures__/aws-signature';
import { bearer, FileServer, signedBy } from './__fixtures__/file-server';

const s3 = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const token = 'a-token-of-the-bench';
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let run: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-bundles-'));
  run = join(folder, 'run');
  mkdirSync(join(run, 'board-a/captures'), { recursive: true });
  mkdirSync(join(run, 'empty'));
  writeFileSync(join(run, 'run.json'), '{"schema":"earshot/run@1"}');
  writeFileSync(join(run, '@names.txt'), 'as they come');
  writeFileSync(join(run, 'board-a/captures/提示 1.wav'), Buffer.alloc(300_000, 7));
});
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
const fresh = (): string => join(folder, `out${(made += 1)}`);
const contentOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, withFileTypes: true }).map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(path.length), entry.isFile() ? sha256(readFileSync(file)) : 'folder'];
    }),
  );

/** A store with a way to its bytes behind its back. */
interface StoreUnderContract {
  readonly store: BundleStore;
  readonly limited: (limits: Partial<BundleLimits>) => BundleStore;
  write(name: string, bytes: Buffer): void;
  read(name: string): Buffer;
  /** Names of all that is kept, or was left behind. */
  names(): readonly string[];
  close?(): Promise<void>;
}

const stores: Readonly<Record<string, () => Promise<StoreUnderContract>>> = {
  'a folder': () => {
    const at = join(folder, 'kept here');
    const open = (limits: Partial<BundleLimits> = {}) =>
      openBundleStore(pathToFileURL(at).href, {}, { limits });
    mkdirSync(at);
    return Promise.resolve({
      store: open(),
      limited: open,
      write: (name, bytes) => writeFileSync(join(at, name), bytes),
      read: (name) => readFileSync(join(at, name)),
      names: () => readdirSync(at),
    });
  },
  S3: async () => {
    const server = await FileServer.start(signedBy(s3.secretAccessKey));
    const address = `s3://lab/earshot/bundles?endpoint=${server.address}&region=eu-central-1`;
    return serverStore(server, '/lab/earshot/bundles/', (limits) =>
      openBundleStore(address, { s3 }, { limits, firstWaitMs: 1 }),
    );
  },
  HTTP: async () => {
    const server = await FileServer.start(bearer(token));
    return serverStore(server, '/bundles/', (limits) =>
      openBundleStore(`${server.address}/bundles/`, { bearer: token }, { limits, firstWaitMs: 1 }),
    );
  },
};

let server: FileServer | undefined;
function serverStore(
  files: FileServer,
  prefix: string,
  open: (limits: Partial<BundleLimits>) => BundleStore,
): StoreUnderContract {
  server = files;
  return {
    store: open({}),
    limited: open,
    write: (name, bytes) => void files.files.set(prefix + name, bytes),
    read: (name) => files.files.get(prefix + name)!,
    names: () => [...files.files.keys()].map((key) => key.slice(prefix.length)),
    close: () => files.close(),
  };
}

/** A tar of one entry, as nobody should write it. */
function hostileTar(path: string, type: 'File' | 'SymbolicLink' | 'Link', bytes = Buffer.from('x')): Buffer {
  const block = Buffer.alloc(512);
  const size = type === 'File' ? bytes.length : 0;
  const linkpath = type === 'File' ? {} : { linkpath: '/etc/passwd' };
  new Header({ path, type, size, mode: 0o4777, mtime: new Date(0), ...linkpath }).encode(block, 0);
  const padded = Buffer.alloc(Math.ceil(size / 512) * 512);
  bytes.copy(padded);
  return gzipSync(Buffer.concat([block, padded.subarray(0, size === 0 ? 0 : undefined), Buffer.alloc(1024)]));
}

describe.each(Object.keys(stores))('Bundle store contract: %s', (kind) => {
  let under: StoreUnderContract;
  let store: BundleStore;
  beforeAll(async () => {
    under = await stores[kind]!();
    store = under.store;
  });
  afterAll(async () => {
    await store.close();
    await under.close?.();
  });

  const nameOf = ({ uri }: BundleRef): string => uri.slice(uri.lastIndexOf('/') + 1);
  /** Bytes that lie in the store under a hash that is theirs. */
  function kept(bytes: Buffer, name = `made-${(made += 1)}.tar.gz`): BundleRef {
    under.write(name, bytes);
    return { uri: `file:///nowhere/${name}`, sha256: sha256(bytes) };
  }
  async function refusal(ref: BundleRef, limits: Partial<BundleLimits> = {}): Promise<unknown> {
    const out = fresh();
    const thrown: unknown = await under
      .limited(limits)
      .fetch(ref, out)
      .catch((error: unknown) => error);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith(out))).toEqual([]);
    return thrown;
  }

  it('gives back what was put, file for file', async () => {
    const ref = await store.put('job-1/3#2', run);
    expect(ref.sha256).toBe(sha256(under.read(nameOf(ref))));
    const out = fresh();
    await store.fetch(ref, out);
    expect(contentOf(out)).toEqual(contentOf(run));
    expect(Object.keys(contentOf(out))).toEqual(
      expect.arrayContaining(['/empty', '/@names.txt', '/board-a/captures/提示 1.wav']),
    );
    expect(under.names()).toEqual([nameOf(ref)]);
  });

  it('has the same bundle for the same content, whenever it was written', async () => {
    const [first] = under.names();
    utimesSync(join(run, 'run.json'), made, made);
    expect(nameOf(await store.put('job-1/3#2', run))).toBe(first);
    expect(under.names()).toHaveLength(1);
  });

  it('takes one file for a folder that holds it', async () => {
    const out = fresh();
    await store.fetch(await store.put('firmware', join(run, 'run.json')), out);
    expect(Object.keys(contentOf(out))).toEqual(['/run.json']);
  });

  it('knows bytes that are not those that were put, truncated or changed', async () => {
    const ref = await store.put('run', run);
    const bytes = under.read(nameOf(ref));
    const changed = Buffer.from(bytes);
    changed[bytes.length >> 1]! ^= 1;
    for (const spoilt of [bytes.subarray(0, -1), changed, Buffer.alloc(0)]) {
      under.write(nameOf(ref), spoilt);
      expect(await refusal(ref)).toMatchObject({ code: 'HIL_FLEET_BUNDLE_DAMAGED', origin: 'bench' });
    }
  });

  it('unpacks no archive that is cut short or none, although its hash is right', async () => {
    const whole = hostileTar('a.txt', 'File', Buffer.alloc(5_000, 1));
    for (const bytes of [whole.subarray(0, -4), gzipSync(Buffer.alloc(700, 3)), Buffer.from('no gzip')])
      expect(await refusal(kept(bytes))).toMatchObject({ code: 'HIL_FLEET_BUNDLE_DAMAGED' });
  });

  it.each([
    ['../out.txt', 'File'],
    ['a/../../out.txt', 'File'],
    ['/etc/out.txt', 'File'],
    ['link', 'SymbolicLink'],
    ['link', 'Link'],
  ] as const)('writes nothing of a bundle with %s, a %s', async (path, type) => {
    expect(await refusal(kept(hostileTar(path, type)))).toMatchObject({ code: 'HIL_FLEET_BUNDLE_UNSAFE' });
  });

  it('takes no more than its limits, to the byte and the entry', async () => {
    const bomb = kept(hostileTar('zeros', 'File', Buffer.alloc(100_000)));
    const unsafe = { code: 'HIL_FLEET_BUNDLE_UNSAFE' };
    expect(await refusal(bomb, { unpackedBytes: 99_999 })).toMatchObject(unsafe);
    await under.limited({ unpackedBytes: 100_000 }).fetch(bomb, fresh());
    const ref = await store.put('run', run);
    const packedBytes = under.read(nameOf(ref)).length;
    expect(await refusal(ref, { packedBytes: packedBytes - 1 })).toMatchObject(unsafe);
    await under.limited({ packedBytes, entries: 6 }).fetch(ref, fresh());
    expect(await refusal(ref, { entries: 5 })).toMatchObject(unsafe);
  });

  it('says what it has not, and asks for no more than a name', async () => {
    for (const uri of ['s3://lab/gone.tar.gz', 'file:///etc/..', 'https://elsewhere/a%2f..%2fb'])
      expect(await refusal({ uri, sha256: '00' })).toMatchObject({ code: 'HIL_FLEET_BUNDLE_MISSING' });
  });
});

describe('a bundle', () => {
  it('holds no links, and no more than any reader takes', async () => {
    const store = openBundleStore(pathToFileURL(fresh()).href, {}, { limits: { entries: 6 } });
    await store.put('run', run);
    const linked = fresh();
    mkdirSync(linked);
    symlinkSync('/etc/passwd', join(linked, 'link'));
    await expect(store.put('run', linked)).rejects.toMatchObject({ code: 'HIL_FLEET_BUNDLE_UNFIT' });
    for (const limits of [{ entries: 5 }, { unpackedBytes: 300_000 }, { packedBytes: 200 }])
      await expect(
        openBundleStore(pathToFileURL(fresh()).href, {}, { limits }).put('run', run),
      ).rejects.toMatchObject({ code: 'HIL_FLEET_BUNDLE_UNFIT' });
  });

  it('brings no rights of another machine', async () => {
    const at = fresh();
    mkdirSync(at);
    const bytes = hostileTar('tool', 'File');
    writeFileSync(join(at, 'a.tar.gz'), bytes);
    const out = fresh();
    await openBundleStore(pathToFileURL(at).href).fetch(
      { uri: 'file:///a.tar.gz', sha256: sha256(bytes) },
      out,
    );
    expect(statSync(join(out, 'tool')).mode & 0o7111).toBe(0);
  });
});

describe('a store on a server', () => {
  beforeAll(async () => void (server = await FileServer.start(bearer(token))));
  afterAll(() => server!.close());
  const open = (bearerToken: string) =>
    openBundleStore(`${server!.address}/b`, { bearer: bearerToken }, { firstWaitMs: 1 });

  it('is asked again while it is busy, and no longer than four times', async () => {
    server!.next.push('busy', 'busy', 'busy');
    const ref = await open(token).put('run', run);
    expect(server!.asked.splice(0)).toHaveLength(4);
    server!.next.push('busy', 'busy', 'busy', 'busy');
    const thrown = open(token).fetch(ref, fresh());
    await expect(thrown).rejects.toMatchObject({ code: 'HIL_FLEET_STORE_FAILED' });
    await expect(thrown).rejects.toThrow(/503 .*SlowDown/);
    expect(server!.asked.splice(0)).toHaveLength(4);
  });

  it('is asked again for a bundle that broke off', async () => {
    const ref = await open(token).put('run', run);
    server!.next.push('cut', 'cut');
    const out = fresh();
    await open(token).fetch(ref, out);
    expect(contentOf(out)).toEqual(contentOf(run));
  });

  it('that refuses is asked once, and no message says the token', async () => {
    server!.asked.length = 0;
    const wrong = 'not-the-token-of-the-bench';
    const thrown: unknown = await open(wrong)
      .put('run', run)
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'HIL_FLEET_STORE_FAILED' });
    expect(server!.asked).toHaveLength(1);
    expect(JSON.stringify([thrown, String(thrown), String((thrown as Error).cause)])).not.toContain(wrong);
  });
});

describe('the address of a store', () => {
  it.each([
    'bundles',
    'ftp://lab/bundles',
    'file://lab/bundles',
    's3:///prefix',
    's3://lab?endpoint=minio:9000',
    'http://lab/bundles',
  ])('%s is refused', (address) => {
    expect(() => openBundleStore(address, { s3 })).toThrow(/expected file:/);
  });

  it('holds no password and says none', () => {
    expect(() => openBundleStore('https://me:hunter2@lab/b')).toThrow(/environment/);
    expect(() => openBundleStore('https://me:hunter2@lab/b')).not.toThrow(/hunter2/);
    expect(() => openBundleStore('s3://lab/b')).toThrow(/AWS_ACCESS_KEY_ID/);
  });
});

// Both from "Authenticating Requests: Using the Authorization Header" of Amazon's S3 API reference.
it.each([
  {
    method: 'GET',
    target: '/test.txt',
    range: 'bytes=0-9',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    signed: 'host;range;x-amz-content-sha256;x-amz-date',
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    method: 'PUT',
    target: '/test%24file.text',
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    signed: 'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
])(
  'checks signatures as Amazon publishes them: $method',
  ({ method, target, signed, signature, ...headers }) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=`;
    const host = 'examplebucket.s3.amazonaws.com';
    const all = { ...headers, host, authorization, 'x-amz-date': '20130524T000000Z' };
    const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    expect(expectedSignature({ method, target, headers: all, secretAccessKey })).toBe(signature);
  },
);

describe('the firmware of a bench', () => {
  const hashOf = (letter: string): string => letter.repeat(64);
  const ref = (letter: string): BundleRef => ({ uri: `file:///${letter}`, sha256: hashOf(letter) });
  let at: string;
  let fetched: string[];
  let cache: FirmwareCache;
  beforeEach(() => {
    at = fresh();
    fetched = [];
    const fetch = ({ sha256: hash }: BundleRef, into: string): Promise<void> => {
      fetched.push(hash[0]!);
      if (hash[0] === 'f') return Promise.reject(new Error('the store is away'));
      mkdirSync(into);
      writeFileSync(join(into, 'app.bin'), Buffer.alloc(100));
      return Promise.resolve();
    };
    cache = new FirmwareCache({ fetch }, at, 200);
  });
  const nothing = (): Promise<void> => Promise.resolve();
  const held = (): string =>
    readdirSync(at)
      .map(([letter]) => letter!)
      .sort()
      .join('');
  /** As if it had been used then. */
  const usedAt = (letter: string, second: number): void =>
    utimesSync(join(at, hashOf(letter)), second, second);

  it('is fetched once, for boards that want it at once and later', async () => {
    const bytes = await Promise.all(
      [1, 2, 3].map(() =>
        cache.use(ref('a'), (path) => Promise.resolve(statSync(join(path, 'app.bin')).size)),
      ),
    );
    await cache.use(ref('a'), nothing);
    expect(bytes).toEqual([100, 100, 100]);
    expect(fetched).toEqual(['a']);
  });

  it('goes when it was not used for longest and there is more than fits', async () => {
    for (const letter of ['a', 'b']) await cache.use(ref(letter), nothing);
    usedAt('a', 1);
    usedAt('b', 2);
    await cache.use(ref('a'), nothing);
    await cache.use(ref('c'), nothing);
    expect(held()).toBe('ac');
  });

  it('stays while somebody writes it to a board, and goes then', async () => {
    await cache.use(ref('a'), async (path) => {
      usedAt('a', 1);
      for (const letter of ['b', 'c']) await cache.use(ref(letter), nothing);
      expect(existsSync(path)).toBe(true);
      expect(held()).toHaveLength(2);
    });
    expect(held()).toHaveLength(2);
  });

  it('that could not be fetched is fetched the next time', async () => {
    await expect(cache.use(ref('f'), nothing)).rejects.toThrow('away');
    await expect(cache.use(ref('f'), nothing)).rejects.toThrow('away');
    expect(fetched).toEqual(['f', 'f']);
    await expect(cache.use({ uri: 'x', sha256: '../..' }, nothing)).rejects.toThrow('no SHA-256');
  });
});
