import { CoreDumpReader } from '../board/esp32s3/triage/core-dump';
import { createRedactor } from './redaction';

const { text, value, stream } = createRedactor(['hunter2-passwort', 'Grüße "42"']);

describe('text', () => {
  const cases: readonly [string, string][] = [
    ['esp> wifi LabNet correct horse', 'esp> wifi LabNet ***'],
    ['wifi "Lab Net" tr0ub4dor', 'wifi "Lab Net" ***'],
    ['\u001b[0;32mesp> \u001b[0mwifi LabNet s3cret', '\u001b[0;32mesp> \u001b[0mwifi LabNet ***'],
    ['Authorization: Bearer sk-live-abcdef123456', 'Authorization: ***'],
    ['{"authorization":"Bearer abcdefgh","model":"m"}', '{"authorization":"***","model":"m"}'],
    ['sent header bearer abc.def-ghi', 'sent header bearer ***'],
    ['key sk-proj-0123456789abcdef rejected', 'key *** rejected'],
    ['{"value":"ek_0123456789abcdef0123456789abcdef"}', '{"value":"***"}'],
    [
      'I (900) wifi: connect to ap SSID:Lab password:geheim',
      'I (900) wifi: connect to ap SSID:Lab password:***',
    ],
    ['a=ice-pwd:Yf4k/0qTj9b3kq8W7cZ1', 'a=ice-pwd:***'],
    ['a=ice-ufrag:Yf4k', 'a=ice-ufrag:***'],
    [
      'a=candidate:1 1 udp 2116026367 127.0.0.1 42244 typ host generation 0 ufrag 3b68',
      'a=candidate:1 1 udp 2116026367 127.0.0.1 42244 typ host generation 0 ufrag ***',
    ],
    ['"sdp":"a=ice-ufrag:Yf4k\\r\\na=ice-pwd:0qTj"', '"sdp":"a=ice-ufrag:***\\r\\na=ice-pwd:***"'],
    [
      'I (6410) AGENT: Get candidate success user:Rw1z psw:9kTq3bXv7Lm2',
      'I (6410) AGENT: Get candidate success user:Rw1z psw:***',
    ],
    [
      'response: {"message":"Incorrect API key provided: sk-proj-****Q7xA. You can"}',
      'response: {"message":"Incorrect API key provided: ***. You can"}',
    ],
    [
      'https://s3.example/x?X-Amz-Signature=abc123&X-Amz-Date=1',
      'https://s3.example/x?X-Amz-Signature=***&X-Amz-Date=1',
    ],
    ['wss://spark/v3.5/chat?authorization=YXBp%3D&date=1', 'wss://spark/v3.5/chat?authorization=***&date=1'],
    ['api_key="K123456", algorithm="hmac-sha256"', 'api_key="***", algorithm="hmac-sha256"'],
    ['it said hunter2-passwort again', 'it said *** again'],
  ];
  it.each(cases)('masks %s', (original, masked) => {
    expect(text(original)).toBe(masked);
    expect(text(masked)).toBe(masked);
  });

  it.each([
    'I (592) wifi:wifi driver task: 3fcb1234, prio:23',
    'I (1930) NETWORK: wifi_init_sta finished.',
    'Light set to ON',
    'sk-light-on-a',
    'risk-assessment-of-the-disk_0123456789',
  ])('leaves %s alone', (line) => expect(text(line)).toBe(line));
});

it('masks strings at any depth, and whole values under telling keys', () => {
  expect(value({ a: [{ password: 'x', note: 'Bearer abcdef' }], n: 1, none: undefined })).toEqual({
    a: [{ password: '***', note: 'Bearer ***' }],
    n: 1,
    none: undefined,
  });
});

describe('stream', () => {
  const log = Buffer.from(
    'I (1) boot: ok\r\nesp> wifi LabNet s3cret\r\nkey sk-abcdefgh12345678 hunter2-passwort Grüße "42" 开灯\r\n\xff',
    'utf8',
  );
  const masked = 'I (1) boot: ok\r\nesp> wifi LabNet ***\r\nkey *** *** *** 开灯\r\n\xff';

  const through = (chunks: readonly Buffer[]): string => {
    const filter = stream();
    return Buffer.concat([...chunks.map((chunk) => filter.push(chunk)), filter.end()]).toString('utf8');
  };

  it('masks the same at every boundary between two chunks', () => {
    for (let cut = 0; cut <= log.length; cut += 1) {
      expect(through([log.subarray(0, cut), log.subarray(cut)])).toBe(masked);
    }
  });

  it('masks the same byte by byte', () => {
    expect(through(Array.from(log, (byte) => Buffer.of(byte)))).toBe(masked);
  });

  it('lets an endless line go, and masks what straddles the pieces', () => {
    const line = `${'x '.repeat(4_000)}sk-abcdefgh12345678 `.repeat(8);
    for (const size of [7, 1_000, 8_191, 8_192, 20_000]) {
      const filter = stream();
      let out = '';
      for (let at = 0; at < line.length; at += size) {
        out += filter.push(Buffer.from(line.slice(at, at + size))).toString();
      }
      expect(out.length).toBeGreaterThan(line.length / 2);
      expect(out + filter.end().toString()).toBe(line.replaceAll('sk-abcdefgh12345678', '***'));
    }
  });

  it('shows nothing of a token that is longer than what it may hold', () => {
    const token = `sk-1${'q'.repeat(30_000)}`;
    const out = through([
      Buffer.from('a '),
      ...(`${token} b\n`.match(/.{1,999}\n?/g) ?? []).map((s) => Buffer.from(s)),
    ]);
    expect(out.replace(/\*+/g, '*')).toBe('a * b\n');
  });
});

describe('a core dump that is printed', () => {
  const LINE_BYTES = 48;
  /** As ESP-IDF prints it, 64 characters a line. */
  const printed = (image: Buffer): Buffer => {
    const lines = Array.from({ length: Math.ceil(image.length / LINE_BYTES) }, (_, line) =>
      image.subarray(line * LINE_BYTES, (line + 1) * LINE_BYTES).toString('base64'),
    );
    return Buffer.from(['== CORE DUMP START ==', ...lines, '== CORE DUMP END ==', ''].join('\r\n'));
  };
  const inChunks = (log: Buffer, size: number, secrets: readonly string[]): string => {
    const filter = createRedactor(secrets).stream();
    const chunks = Array.from({ length: Math.ceil(log.length / size) }, (_, index) =>
      filter.push(log.subarray(index * size, (index + 1) * size)),
    );
    return Buffer.concat([...chunks, filter.end()]).toString('latin1');
  };
  const decoded = (log: string) => {
    const reader = new CoreDumpReader();
    return log
      .split('\r\n')
      .map((line) => reader.read(line))
      .find((dump) => dump !== undefined);
  };
  const image = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 37 + (index >> 3)) & 0xff));

  it.each([
    ['shorter than a line', 'hunter2-passwort'],
    ['longer than two lines', `sk-proj-${'9aZx'.repeat(26)}`],
  ])('loses a secret %s wherever line ends and chunks cut it, and nothing else', (_, secret) => {
    for (let at = 0; at < 2 * LINE_BYTES; at += 1) {
      const held = Buffer.concat([image.subarray(0, at), Buffer.from(secret), image.subarray(at)]);
      const dump = decoded(inChunks(printed(held), 1 + (at % 50), [secret]));
      expect(dump?.problem).not.toMatch(/no base64/);
      const bytes = dump?.bytes ?? Buffer.alloc(0);
      expect(bytes).toHaveLength(held.length);
      const end = at + secret.length;
      expect(Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]).equals(image)).toBe(true);
      // Three bytes at most of what a line end cuts off.
      const shown = [...bytes.subarray(at, end)].filter((byte) => byte !== 0x2a).length;
      expect(shown).toBeLessThanOrEqual(3);
    }
  });

  it('stays byte for byte what it was where no secret is in it', () => {
    const log = printed(image);
    for (const size of [1, 63, 64, 65, 1_000])
      expect(inChunks(log, size, ['hunter2-passwort'])).toBe(log.toString('latin1'));
  });

  it('is masked line by line as well, as its lines are stored', () => {
    const secret = 'hunter2-passwort';
    const held = Buffer.concat([image.subarray(0, 40), Buffer.from(secret), image.subarray(40)]);
    const { text } = createRedactor([secret]);
    const lines = printed(held).toString().split('\r\n').map(text);
    expect(decoded(lines.join('\r\n'))?.bytes.subarray(40, 56).toString()).toBe('*'.repeat(16));
  });
});
