import { generate } from 'selfsigned';
import { idfChat } from '../dialect/text/idf-chat';
import { TextBench } from '../testing/text-bench';
import { answerJson, TinyChatServer } from '../testing/tiny-chat-server';
import { authoritiesOf, certificateObjections } from './certificate-check';

const EXPIRED = 'The certificate validity has expired';
const OTHER_NAME = 'The certificate Common Name (CN) does not match with the expected CN';
const UNTRUSTED = 'The certificate is not correctly signed by the trusted CA';
const FUTURE = 'The certificate validity starts in the future';

const NOW = Date.UTC(2026, 10, 21, 6);
const DAY_MS = 86_400_000;
const days = (first: number, last: number) => ({
  notBeforeDate: new Date(NOW + first * DAY_MS),
  notAfterDate: new Date(NOW + last * DAY_MS),
});

interface Pair {
  readonly key: string;
  readonly cert: string;
}
const made = async (name: string, options: Parameters<typeof generate>[1]): Promise<Pair> => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    ...options,
  });
  return { key, cert };
};
const makeCa = (name: string, validity = days(-1, 100)): Promise<Pair> =>
  made(name, { ...validity, extensions: [{ name: 'basicConstraints', cA: true, critical: true }] });
const makeServer = (ca: Pair, validity = days(-1, 30)): Promise<Pair> =>
  made('mock', {
    ...validity,
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'mock.bench' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });

describe('what mbedTLS has against a certificate', () => {
  let ca: Pair;
  let otherCa: Pair;
  let server: Pair;
  beforeAll(async () => {
    ca = await makeCa('bench CA');
    // The same name, so that only its key tells it apart.
    otherCa = await makeCa('bench CA');
    server = await makeServer(ca);
  });

  const objections = (peer: Pair, trusted: string, host: string, unixMs: number): readonly string[] => {
    const [certificate] = authoritiesOf(peer.cert);
    if (certificate === undefined) throw new Error('no certificate was made');
    return certificateObjections(certificate, authoritiesOf(trusted), host, unixMs);
  };

  it('is nothing when its CA, name and dates are right', () => {
    expect(objections(server, ca.cert, 'mock.bench', NOW)).toEqual([]);
    expect(objections(server, ca.cert, '127.0.0.1', NOW)).toEqual([]);
    expect(objections(server, otherCa.cert + ca.cert, 'mock.bench', NOW)).toEqual([]);
  });

  it('is nothing when the certificate itself is what it trusts', () => {
    expect(objections(server, server.cert, 'mock.bench', NOW)).toEqual([]);
  });

  it.each([
    ['begins tomorrow, by a clock that was never set', 0, [FUTURE]],
    ['began today', NOW - DAY_MS, []],
    ['begins in a second', NOW - DAY_MS - 1000, [FUTURE]],
    ['ends today', NOW + 30 * DAY_MS, []],
    ['ended a second ago', NOW + 30 * DAY_MS + 1000, [EXPIRED]],
  ])('goes by the clock of the board: the validity %s', (_, unixMs, said) => {
    expect(objections(server, ca.cert, 'mock.bench', unixMs)).toEqual(said);
  });

  it('includes the dates of the CA', async () => {
    const agedCa = await makeCa('aged CA', days(-100, -1));
    expect(objections(await makeServer(agedCa), agedCa.cert, 'mock.bench', NOW)).toEqual([EXPIRED]);
  });

  it('is that another CA signed it, of the same name even', () => {
    expect(objections(server, otherCa.cert, 'mock.bench', NOW)).toEqual([UNTRUSTED]);
  });

  it('is that it is for another host', () => {
    for (const host of ['other.bench', 'mock.bench.example', '127.0.0.2'])
      expect(objections(server, ca.cert, host, NOW)).toEqual([OTHER_NAME]);
  });

  it('is all of it at once, in the order of its flags', () => {
    expect(objections(server, otherCa.cert, 'other.bench', 0)).toEqual([OTHER_NAME, UNTRUSTED, FUTURE]);
  });

  it('cannot be asked where there is nothing to trust', () => {
    expect(() => authoritiesOf('')).toThrow('no certificate');
  });

  describe('on the console of a board', () => {
    let provider: TinyChatServer;
    let bench: TextBench | undefined;
    beforeEach(async () => {
      provider = await TinyChatServer.start(server);
    });
    afterEach(async () => {
      bench?.close();
      await provider.close();
    });
    const start = (tlsCa: string, url = provider.url): TextBench => {
      bench = new TextBench(idfChat, { url, tlsCa, credentials: { apiKey: 'sk-test' } });
      return bench;
    };

    const refused = (...lines: string[]): string =>
      [
        'E (0) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700',
        'I (0) esp-tls-mbedtls: Failed to verify peer certificate!',
        `I (0) esp-tls-mbedtls: verification info: ${lines.map((line) => `  ! ${line}`).join('\r\n')}`,
        'E (0) HTTP_AI_CLIENT: 连接失败: ESP_ERR_HTTP_CONNECT',
        '',
      ].join('\r\n');

    it.each([
      ['a clock that was never set', FUTURE, 0, () => ca],
      ['a CA that did not sign it', UNTRUSTED, NOW, () => otherCa],
    ])('is printed with %s, and nothing is asked', async (_, reason, unixMs, trusted) => {
      const board = start(trusted().cert);
      board.wallClock.set(unixMs);
      board.networkUp();
      await board.expect(/ESP_ERR_HTTP_CONNECT\r\n/);
      expect(board.text).toBe(refused(reason));
      expect(provider.asked.all).toEqual([]);
    });

    it('is printed for another name', async () => {
      const board = start(ca.cert, provider.url.replace('127.0.0.1', 'localhost'));
      board.networkUp();
      await board.expect(/ESP_ERR_HTTP_CONNECT\r\n/);
      expect(board.text).toBe(refused(OTHER_NAME));
      expect(provider.asked.all).toEqual([]);
    });

    it('is nothing once the clock is set', async () => {
      const board = start(ca.cert);
      const asked = provider.asked.next();
      board.networkUp();
      answerJson((await asked).response, 200, '{}');
      await board.expect(/HTTP示例完成\r\n/);
      expect(board.text).not.toContain('esp-tls');
    });
  });
});
