import { sha256Hex } from './tc3';
import { sdkCanonicalRequest, sdkDate, sdkSignature, signSdkHmac, type SdkHmacRequest } from './sdk-hmac';
import { verifySdkHmac } from './verify-sdk-hmac';

/** The example of Huawei's API Request Signing Guide (devg-apisign, sections 2.2 to 2.5), whose key is a dummy of that page. */
const keys = { accessKey: 'QTWAOYTTINDUT2QVKYUC', secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc' };
const example: SdkHmacRequest = {
  method: 'GET',
  path: '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs',
  query: new URLSearchParams('limit=2&marker=13551d6b-755d-4757-b956-536f674975c0'),
  headers: {
    'content-type': 'application/json',
    host: 'service.region.example.com',
    'x-sdk-date': '20191115T033655Z',
  },
  signedHeaders: ['content-type', 'host', 'x-sdk-date'],
  body: '',
};
const signedAtUnixMs = Date.UTC(2019, 10, 15, 3, 36, 55);

describe('the published example', () => {
  it('has its canonical request, by its hash', () => {
    expect(sha256Hex(sdkCanonicalRequest(example))).toBe(
      'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    );
    expect(sdkDate(signedAtUnixMs)).toBe('20191115T033655Z');
  });

  it('has its signature and its header', () => {
    const signature = '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe';
    expect(sdkSignature(example, keys.secretKey)).toBe(signature);
    expect(signSdkHmac(example, keys)).toBe(
      `SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, Signature=${signature}`,
    );
  });

  it('is the same wherever the query’s parts stand and the path’s slash is missing', () => {
    const other = {
      ...example,
      path: `${example.path}/`,
      query: new URLSearchParams('marker=13551d6b-755d-4757-b956-536f674975c0&limit=2'),
    };
    expect(sdkCanonicalRequest(other)).toBe(sdkCanonicalRequest(example));
  });
});

it('encodes path and query as RFC 3986 does', () => {
  const query = new URLSearchParams([
    ['b', "a b*'"],
    ['a', '你~'],
  ]);
  const [, uri, canonicalQuery] = sdkCanonicalRequest({ ...example, path: '/v1/a%20b/(c)', query }).split(
    '\n',
  );
  expect(uri).toBe('/v1/a%20b/%28c%29/');
  expect(canonicalQuery).toBe('a=%E4%BD%A0~&b=a%20b%2A%27');
});

describe('verifySdkHmac', () => {
  const signed = { ...example, headers: { ...example.headers, authorization: signSdkHmac(example, keys) } };
  const verify = (request: Parameters<typeof verifySdkHmac>[0], aheadMs = 0) =>
    verifySdkHmac(request, { keys, unixNowMs: signedAtUnixMs + aheadMs });
  const withHeaders = (headers: Readonly<Record<string, string>>) => ({
    ...signed,
    headers: { ...signed.headers, ...headers },
  });

  it('lets in what was signed, up to 15 minutes off', () => {
    expect(verify(signed)).toBeUndefined();
    expect(verify(signed, 900_000)).toBeUndefined();
    expect(verify(signed, -900_000)).toBeUndefined();
    expect(verify(withHeaders({ host: 'service.region.example.com:443' }))).toBeUndefined();
  });

  it.each<[string, Parameters<typeof verifySdkHmac>[0], number, string, string]>([
    ['a late one', signed, 901_000, 'signature expired', '901 s behind'],
    ['an early one', signed, -901_000, 'signature expired', '901 s ahead'],
    ['another body', { ...signed, body: 'x' }, 0, 'verify aksk signature fail', 'canonical request'],
    ['another method', { ...signed, method: 'POST' }, 0, 'verify aksk signature fail', 'POST'],
    ['another host', withHeaders({ host: 'x' }), 0, 'verify aksk signature fail', 'canonical request'],
    [
      'another key',
      withHeaders({ authorization: signSdkHmac(example, { ...keys, accessKey: 'OTHER' }) }),
      0,
      'Get secretKey failed',
      'AK',
    ],
    [
      'a date that was not signed',
      withHeaders({ authorization: signSdkHmac({ ...example, signedHeaders: ['host'] }, keys) }),
      0,
      'verify aksk signature fail',
      'without x-sdk-date',
    ],
    ['no date', withHeaders({ 'x-sdk-date': 'yesterday' }), 0, 'verify aksk signature fail', 'YYYYMMDD'],
    [
      'another form',
      withHeaders({ authorization: 'SDK-HMAC-SHA256 x' }),
      0,
      'verify aksk signature fail',
      'form',
    ],
  ])('refuses %s', (_, request, aheadMs, why, because) => {
    const refusal = verify(request, aheadMs);
    expect(refusal?.why).toBe(why);
    expect(refusal?.because).toContain(because);
    expect(JSON.stringify(refusal)).not.toContain(keys.secretKey);
  });
});
