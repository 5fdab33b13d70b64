import { signedSparkUrl } from './spark-signature';
import { tc3Authorization } from './tc3-signature';

describe('signedSparkUrl', () => {
  // The published vector and its computed twin: providers.md 4.2.
  it.each([
    ['/v1.1/chat', 'z5gHdu3pxVV4ADMyk467wOWDQ9q6BQzR3nfMTjc/DaQ='],
    ['/v3.1/chat', 'uW7tr6uABuQUxdQwwtoYNY2C7HDEB2/VqQ3CjYmgMYg='],
  ])('signs %s as published', (path, signature) => {
    const url = signedSparkUrl(
      new URL(`wss://spark-api.xf-yun.com${path}`),
      'addd2272b6d8b7c8abdd79531420ca3b',
      'MjlmNzkzNmZkMDQ2OTc0ZDdmNGE2ZTZi',
      Date.UTC(2023, 4, 5, 10, 43, 39),
    );
    expect(url.href).toContain('&date=Fri%2C+05+May+2023+10%3A43%3A39+GMT&host=spark-api.xf-yun.com');
    expect(Buffer.from(url.searchParams.get('authorization') ?? '', 'base64').toString()).toBe(
      `api_key="addd2272b6d8b7c8abdd79531420ca3b", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`,
    );
  });
});

describe('tc3Authorization', () => {
  // Older docs' vector, published: providers.md 5.2 B. The escapes are six ASCII characters each.
  it('signs as published', () => {
    const authorization = tc3Authorization({
      secretId: 'AKIDEXAMPLE',
      secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      service: 'cvm',
      host: 'cvm.tencentcloudapi.com',
      contentType: 'application/json; charset=utf-8',
      body: String.raw`{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`,
      unixSeconds: 1_551_113_065,
    });
    expect(authorization).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, ' +
        'Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    );
  });

  it.each([
    ['hunyuan.tencentcloudapi.com', 'e709600568787f824f88ec496e72ff0e4ea1035571143f6d4be7c5242be68779'],
    ['127.0.0.1', 'cd444058c5e1347c3fd5813bba1a6611753f781f64154cadd61254da46184bcb'],
    ['127.0.0.1:8443', 'd7e271a22170cfd5e6b5462a5fa46f576d495d182748e4ef36e6e01dcff3e664'],
  ])('signs for %s as computed elsewhere', (host, signature) => {
    const authorization = tc3Authorization({
      secretId: 'AKIDEXAMPLE',
      secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      service: 'hunyuan',
      host,
      contentType: 'application/json',
      body: '{"Model":"hunyuan-lite","Messages":[{"Role":"user","Content":"hello"}],"Stream":true}',
      unixSeconds: 1_700_000_000,
    });
    expect(authorization.endsWith(`Signature=${signature}`)).toBe(true);
  });
});
