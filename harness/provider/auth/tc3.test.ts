import {
  sha256Hex,
  signTc3,
  tc3CanonicalRequest,
  tc3DerivedKeys,
  tc3Signature,
  type Tc3Request,
} from './tc3';
import { verifyTc3, type Tc3Rules } from './verify-tc3';

// Written by hand as in the documentation: each \u.... is six ASCII characters.
const CVM_BODY = String.raw`{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`;
const cvm = (signedHeaders: readonly string[]): Tc3Request => ({
  method: 'POST',
  headers: {
    'content-type': 'application/json; charset=utf-8',
    host: 'cvm.tencentcloudapi.com',
    'x-tc-action': 'DescribeInstances',
  },
  signedHeaders,
  body: CVM_BODY,
});

const BODY = '{"Model":"hunyuan-lite","Messages":[{"Role":"user","Content":"hello"}],"Stream":true}';
const keys = { secretId: 'AKIDEXAMPLE', secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE' };
const scope = { timestamp: 1_700_000_000, service: 'hunyuan' };
const hunyuan = (
  signedHeaders: readonly string[] = ['content-type', 'host'],
  host = 'hunyuan.tencentcloudapi.com',
): Tc3Request => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', host, 'x-tc-action': 'ChatCompletions' },
  signedHeaders,
  body: BODY,
});

describe('TC3-HMAC-SHA256', () => {
  it.each([
    {
      name: 'A, of the current documentation',
      secretKey: '*'.repeat(32),
      signedHeaders: ['content-type', 'host', 'x-tc-action'],
      canonical: '7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84',
      derived: [
        'da98fb70dcf6b112dc21038d1eeeb3a95c74b4dcb12c1131f864f6066bd02be0',
        '8d70cbefb03939f929db64d32dc2ba89b1095620119fe3e050e2b18c5bd2752f',
        'b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af',
      ],
      signature: '10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f',
    },
    {
      name: 'B, of the older documentation',
      secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      signedHeaders: ['content-type', 'host'],
      canonical: '5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031',
      derived: [
        'd1308c81fe71cfd4e06437bbc067b2b8a3d2d8c0e375d547f15c41d5214b395a',
        '3c7cb7c7795393edc14fd2e0e6434a518564b4504b88e94f5d11bf59ba3e7050',
        'ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1',
      ],
      signature: '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    },
  ])('reproduces published vector $name', ({ secretKey, signedHeaders, canonical, derived, signature }) => {
    const request = cvm(signedHeaders);
    const cvmScope = { timestamp: 1_551_113_065, service: 'cvm' };
    expect(Buffer.byteLength(CVM_BODY)).toBe(86);
    expect(sha256Hex(CVM_BODY)).toBe('35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064');
    expect(sha256Hex(tc3CanonicalRequest(request))).toBe(canonical);
    expect(tc3DerivedKeys(secretKey, cvmScope).map((key) => key.toString('hex'))).toEqual(derived);
    expect(tc3Signature(request, secretKey, cvmScope)).toBe(signature);
    expect(signTc3(request, { secretId: 'AKIDEXAMPLE', secretKey }, cvmScope)).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, ' +
        `SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
    );
  });

  it.each([
    [
      ['content-type', 'host'],
      'hunyuan.tencentcloudapi.com',
      'c4247e28465bf00e93111d415df45853bf53a38cf52f2e6cdb0bdf31e901b5f6',
      'e709600568787f824f88ec496e72ff0e4ea1035571143f6d4be7c5242be68779',
    ],
    [
      ['content-type', 'host', 'x-tc-action'],
      'hunyuan.tencentcloudapi.com',
      'ccf6c4001eecdc3803fa0f59a4cf78290a5956a5ddc37bde5b6908cd18e5a350',
      '1f2387de0803d65f6b93f863fc68418e8e065078b950a9be89c695c731e61dd4',
    ],
    [
      ['content-type', 'host'],
      '127.0.0.1',
      undefined,
      'cd444058c5e1347c3fd5813bba1a6611753f781f64154cadd61254da46184bcb',
    ],
    [
      ['content-type', 'host'],
      '127.0.0.1:8443',
      undefined,
      'd7e271a22170cfd5e6b5462a5fa46f576d495d182748e4ef36e6e01dcff3e664',
    ],
  ])('reproduces the Hunyuan vector that signs %j for %s', (signedHeaders, host, canonical, signature) => {
    const request = hunyuan(signedHeaders, host);
    expect(Buffer.byteLength(BODY)).toBe(85);
    expect(sha256Hex(BODY)).toBe('a7eb8cc00ae01508f9a00e37ec52ddc6b761e4c29b07162fdba7677c48a3bd0c');
    if (canonical !== undefined) expect(sha256Hex(tc3CanonicalRequest(request))).toBe(canonical);
    expect(tc3Signature(request, keys.secretKey, scope)).toBe(signature);
  });
});

describe('verifying a TC3 request', () => {
  const rules: Tc3Rules = { keys, services: ['hunyuan', '127'], unixNowMs: 1_700_000_000_000 };
  const signed = (signedHeaders?: readonly string[], host?: string) => {
    const request = hunyuan(signedHeaders, host);
    return {
      method: 'POST',
      body: Buffer.from(BODY),
      headers: {
        ...request.headers,
        'x-tc-timestamp': '1700000000',
        authorization: signTc3(request, keys, scope),
      } as Record<string, string | undefined>,
    };
  };
  const withAuthorization = (change: (authorization: string) => string) => {
    const request = signed();
    return {
      ...request,
      headers: { ...request.headers, authorization: change(request.headers.authorization!) },
    };
  };

  it.each([[undefined], [['content-type', 'host', 'x-tc-action']]])(
    'lets in what signs %j',
    (signedHeaders) => {
      expect(verifyTc3(signed(signedHeaders), rules)).toBeUndefined();
    },
  );

  it.each(['127.0.0.1', '127.0.0.1:8443'])('lets in the signed host %s on a port of its own', (host) => {
    const request = signed(undefined, host);
    const headers = { ...request.headers, host: '127.0.0.1:8443' };
    expect(verifyTc3({ ...request, headers }, rules)).toBeUndefined();
  });

  it('refuses each changed byte of the body', () => {
    const request = signed();
    for (let index = 0; index < request.body.length; index++) {
      const body = Buffer.from(request.body);
      body[index] = body[index]! ^ 1;
      expect(verifyTc3({ ...request, body }, rules)?.code).toBe('AuthFailure.SignatureFailure');
    }
  });

  it.each([-300_000, 300_000])('lets in a clock that is off by %d ms', (offMs) => {
    expect(verifyTc3(signed(), { ...rules, unixNowMs: rules.unixNowMs + offMs })).toBeUndefined();
  });

  it.each([
    [301_000, '301 s behind'],
    [-301_000, '301 s ahead of'],
  ])('refuses a clock that is off by %d ms', (offMs, text) => {
    const refusal = verifyTc3(signed(), { ...rules, unixNowMs: rules.unixNowMs + offMs });
    expect(refusal?.code).toBe('AuthFailure.SignatureExpire');
    expect(refusal?.because).toContain(text);
  });

  const { headers } = signed();
  it.each([
    ['no Authorization', { ...headers, authorization: undefined }, 'MissingParameter', 'missing'],
    ['SKIP', { ...headers, authorization: 'SKIP' }, 'AuthFailure.InvalidAuthorization', '"SKIP"'],
    ['no timestamp', { ...headers, 'x-tc-timestamp': undefined }, 'MissingParameter', 'null'],
    [
      'milliseconds',
      { ...headers, 'x-tc-timestamp': '1700000000000' },
      'MissingParameter',
      'no Unix seconds',
    ],
    ['another second', { ...headers, 'x-tc-timestamp': '1700000001' }, 'AuthFailure.SignatureFailure', ''],
    [
      'another content type',
      { ...headers, 'content-type': 'application/json; charset=utf-8' },
      'AuthFailure.SignatureFailure',
      'charset',
    ],
    ['another host', { ...headers, host: 'example.org' }, 'AuthFailure.SignatureFailure', 'example.org'],
    [
      'a header that was not sent',
      { ...headers, host: undefined },
      'AuthFailure.InvalidAuthorization',
      'names host',
    ],
  ])('refuses %s', (_name, changed, code, text) => {
    const refusal = verifyTc3({ ...signed(), headers: changed }, rules);
    expect(refusal?.code).toBe(code);
    expect(refusal?.because).toContain(text);
    expect(JSON.stringify(refusal)).not.toContain(keys.secretKey);
  });

  it.each([
    [
      'the fields that the survey article sends',
      () => 'TC3-HMAC-SHA256 Source=x, Signature=y',
      'InvalidAuthorization',
      'Credential=',
    ],
    [
      'another scheme',
      (text: string) => text.replace('SHA256', 'SHA1'),
      'InvalidAuthorization',
      'TC3-HMAC-SHA1',
    ],
    ['an unsigned host', (text: string) => text.replace(';host', ''), 'InvalidAuthorization', 'without host'],
    [
      'names out of order',
      (text: string) => text.replace('content-type;host', 'host;content-type'),
      'InvalidAuthorization',
      'sorted',
    ],
    [
      'names in upper case',
      (text: string) => text.replace(';host', ';host;X-A'),
      'InvalidAuthorization',
      'lower case',
    ],
    [
      'a name of every object',
      (text: string) =>
        text
          .replace('content-type', 'constructor;content-type')
          .replace('constructor;content-type;host', '__proto__;constructor;content-type;host'),
      'InvalidAuthorization',
      'not sent',
    ],
    [
      'another day',
      (text: string) => text.replace('2023-11-14', '2023-11-15'),
      'InvalidAuthorization',
      '2023-11-15',
    ],
    [
      'another service',
      (text: string) => text.replace('/hunyuan/', '/cvm/'),
      'InvalidAuthorization',
      'expected hunyuan or 127',
    ],
    ['another SecretId', (text: string) => text.replace('AKID', 'BKID'), 'SecretIdNotFound', 'SecretId'],
    [
      'a changed signature',
      (text: string) => text.replace('Signature=e', 'Signature=f'),
      'SignatureFailure',
      'canonical',
    ],
    [
      'a signature in upper case',
      (text: string) => text.replace(/e709.*/, (hex) => hex.toUpperCase()),
      'InvalidAuthorization',
      '64 hex',
    ],
  ])('refuses %s', (_name, change, code, text) => {
    const refusal = verifyTc3(withAuthorization(change), rules);
    expect(refusal?.code).toBe(`AuthFailure.${code}`);
    expect(refusal?.because).toContain(text);
  });

  it('says which canonical request it rebuilt, so that a client can be compared with it', () => {
    const refusal = verifyTc3(signed(), { ...rules, keys: { ...keys, secretKey: 'other' } });
    expect(refusal?.code).toBe('AuthFailure.SignatureFailure');
    expect(refusal?.because).toContain('c4247e28465bf00e93111d415df45853bf53a38cf52f2e6cdb0bdf31e901b5f6');
  });

  it('looks at the token only where the keys are temporary', () => {
    const request = signed();
    const withToken = (token: string) => ({
      ...request,
      headers: { ...request.headers, 'x-tc-token': token },
    });
    expect(verifyTc3(withToken('any'), rules)).toBeUndefined();
    expect(verifyTc3(withToken('t1'), { ...rules, token: 't1' })).toBeUndefined();
    expect(verifyTc3(withToken('t2'), { ...rules, token: 't1' })?.code).toBe('AuthFailure.TokenFailure');
    expect(verifyTc3(request, { ...rules, token: 't1' })?.code).toBe('AuthFailure.TokenFailure');
  });
});
