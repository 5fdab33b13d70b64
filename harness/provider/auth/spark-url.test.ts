import { createHmac } from 'node:crypto';
import { signSparkUrl, sparkAuthorization, sparkSignature } from './spark-url';
import { verifySparkUrl, type SparkRules } from './verify-spark-url';

// The vendor's documentation publishes these keys with the vector; they open nothing.
const keys = { apiKey: 'addd2272b6d8b7c8abdd79531420ca3b', apiSecret: 'MjlmNzkzNmZkMDQ2OTc0ZDdmNGE2ZTZi' };
const host = 'spark-api.xf-yun.com';
const date = 'Fri, 05 May 2023 10:43:39 GMT';
const unixNowMs = Date.UTC(2023, 4, 5, 10, 43, 39);
const HEAD =
  'YXBpX2tleT0iYWRkZDIyNzJiNmQ4YjdjOGFiZGQ3OTUzMTQyMGNhM2IiLCBhbGdvcml0aG09ImhtYWMtc2hhMjU2IiwgaGVhZGVycz0iaG9zdCBkYXRlIHJlcXVlc3QtbGluZSIsIHNpZ25hdHVyZT0i';

const rules: SparkRules = { keys, unixNowMs };
const verify = (target: string, change: Partial<SparkRules> = {}, method = 'GET') =>
  verifySparkUrl({ method, target, hostHeader: host }, { ...rules, ...change });
const signedTarget = (path = '/v3.1/chat'): string => {
  const url = new URL(signSparkUrl(`wss://${host}${path}`, keys, unixNowMs));
  return url.pathname + url.search;
};
const targetOf = (origin: string, query: Record<string, string> = {}): string =>
  `/v3.1/chat?${new URLSearchParams({ authorization: Buffer.from(origin).toString('base64'), date, host, ...query }).toString()}`;
const signature = sparkSignature({ host, date, path: '/v3.1/chat' }, keys.apiSecret);
const origin = `api_key="${keys.apiKey}", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`;

describe('signing a Spark URL', () => {
  it.each([
    [
      'A, published',
      '/v1.1/chat',
      'z5gHdu3pxVV4ADMyk467wOWDQ9q6BQzR3nfMTjc/DaQ=',
      'ejVnSGR1M3B4VlY0QURNeWs0Njd3T1dEUTlxNkJRelIzbmZNVGpjL0RhUT0i',
    ],
    [
      'B, computed',
      '/v3.1/chat',
      'uW7tr6uABuQUxdQwwtoYNY2C7HDEB2/VqQ3CjYmgMYg=',
      'dVc3dHI2dUFCdVFVeGRRd3d0b1lOWTJDN0hERUIyL1ZxUTNDalltZ01ZZz0i',
    ],
  ])('reproduces vector %s', (_name, path, expected, tail) => {
    const signed = { host, date, path };
    expect(sparkSignature(signed, keys.apiSecret)).toBe(expected);
    expect(sparkAuthorization(signed, keys)).toBe(HEAD + tail);
    const url = signSparkUrl(`wss://${host}${path}`, keys, unixNowMs);
    expect(url).toBe(
      `wss://${host}${path}?authorization=${encodeURIComponent(HEAD + tail)}` +
        '&date=Fri%2C+05+May+2023+10%3A43%3A39+GMT&host=spark-api.xf-yun.com',
    );
  });

  it('signs the host with its port and nothing of a query that was there', () => {
    const url = new URL(signSparkUrl('ws://127.0.0.1:8080/v3.1/chat?x=1', keys, unixNowMs));
    expect(url.searchParams.get('host')).toBe('127.0.0.1:8080');
    expect([...url.searchParams.keys()]).toEqual(['authorization', 'date', 'host']);
    expect(
      verifySparkUrl(
        { method: 'GET', target: url.pathname + url.search, hostHeader: url.host },
        { ...rules, strictHost: true },
      ),
    ).toBeUndefined();
  });
});

describe('verifying a Spark URL', () => {
  it.each(['/v1.1/chat', '/v3.1/chat', '/chat/pro-128k'])('lets in what was signed for %s', (path) => {
    expect(verify(signedTarget(path))).toBeUndefined();
  });

  it('takes the blanks that the Python SDK leaves between fields', () => {
    expect(verify(targetOf(origin.replaceAll(', ', `,${' '.repeat(20)}`)))).toBeUndefined();
  });

  it('takes a query that writes blanks as %20', () => {
    expect(verify(signedTarget().replaceAll('+', '%20'))).toBeUndefined();
  });

  it.each([
    ['a second more than 300 s behind', -301_000, '301 s behind'],
    ['a second more than 300 s ahead', 301_000, '301 s ahead of'],
    ['a board that thinks it is 1970', 5_000 - unixNowMs, 's behind'],
  ])('refuses the clock of %s, with 403', (_name, offMs, text) => {
    const url = new URL(signSparkUrl(`wss://${host}/v3.1/chat`, keys, unixNowMs + offMs));
    const refusal = verify(url.pathname + url.search);
    expect(refusal).toMatchObject({
      status: 403,
      reason: 'clock-skew',
      message:
        'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    });
    expect(refusal?.because).toContain(text);
  });

  it.each([-300_000, 300_000])('lets in a clock that is off by %d ms', (offMs) => {
    expect(verify(signedTarget(), { unixNowMs: unixNowMs - offMs })).toBeUndefined();
  });

  const flip = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
  it.each([
    ['no authorization', `/v3.1/chat?date=x`, 401, 'Unauthorized', 'authorization-missing'],
    ['no query', '/v3.1/chat', 401, 'Unauthorized', 'authorization-missing'],
    ['no date', targetOf(origin, { date: '' }), 403, /valid date/, 'date-invalid'],
    [
      'a date of another form',
      targetOf(origin, { date: '2023-05-05T10:43:39Z' }),
      403,
      /date/,
      'date-invalid',
    ],
    [
      'a day that is none',
      targetOf(origin, { date: 'Fri, 77 May 2023 10:43:39 GMT' }),
      403,
      /date/,
      'date-invalid',
    ],
    [
      'no base64',
      targetOf('x', { authorization: '***' }),
      401,
      /cannot be verified/,
      'authorization-malformed',
    ],
    ['no fields', targetOf('Bearer abc'), 401, /cannot be verified/, 'authorization-malformed'],
    ['an empty list', targetOf(' '), 401, /cannot be verified/, 'authorization-malformed'],
    ['SHA-1', targetOf(origin.replace('sha256', 'sha1')), 401, /cannot/, 'authorization-malformed'],
    ['no signature', targetOf(origin.replace('signature', 'sign')), 401, /cannot/, 'authorization-malformed'],
    ['an unsigned host', targetOf(origin.replace('host ', '')), 401, /'host' not used/, 'headers-incomplete'],
    ['another key', targetOf(origin.replace('addd', 'bddd')), 401, /fail to retrieve/, 'key-unknown'],
    [
      'a changed signature',
      targetOf(origin.replace(signature, flip(signature))),
      401,
      /not match/,
      'signature-wrong',
    ],
    ['another path', signedTarget().replace('v3.1', 'v1.1'), 401, /not match/, 'signature-wrong'],
    ['another host', targetOf(origin, { host: '127.0.0.1' }), 401, /not match/, 'signature-wrong'],
    [
      'another date',
      targetOf(origin, { date: 'Fri, 05 May 2023 10:43:40 GMT' }),
      401,
      /not match/,
      'signature-wrong',
    ],
  ])('refuses %s', (_name, target, status, message, reason) => {
    const refusal = verify(target);
    expect(refusal).toMatchObject({ status, reason });
    expect(refusal?.message).toMatch(message);
    expect(JSON.stringify(refusal)).not.toContain(keys.apiSecret);
  });

  it('refuses what the seed article does: lines joined with blanks, or another method than the signed one', () => {
    const joined = `host: ${host} date: ${date} GET /v3.1/chat HTTP/1.1`;
    const blanks = createHmac('sha256', keys.apiSecret).update(joined).digest('base64');
    expect(verify(targetOf(origin.replace(signature, blanks)))).toMatchObject({ reason: 'signature-wrong' });
    expect(verify(signedTarget(), {}, 'POST')).toMatchObject({ reason: 'signature-wrong' });
  });

  it('refuses a secret that is another one', () => {
    expect(verify(signedTarget(), { keys: { ...keys, apiSecret: 'other' } })).toMatchObject({
      status: 401,
      message: 'HMAC signature does not match',
    });
  });

  it('compares the signed host with the Host header only when told to', () => {
    const request = { method: 'GET', target: signedTarget(), hostHeader: '127.0.0.1:8080' };
    expect(verifySparkUrl(request, rules)).toBeUndefined();
    expect(verifySparkUrl(request, { ...rules, strictHost: true })).toMatchObject({ status: 401 });
  });
});
