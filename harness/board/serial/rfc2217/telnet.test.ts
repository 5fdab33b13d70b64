import { seededUniform } from '../../../units';
import { escapeData, negotiation, subnegotiation, TelnetDecoder, type TelnetEvent } from './telnet';

/** What a stream says, its data joined: where it was cut must not matter. */
function decoded(pieces: readonly Buffer[]): unknown[] {
  const decoder = new TelnetDecoder();
  const said: unknown[] = [];
  let data = '';
  const flush = (): void => {
    if (data !== '') said.push(data);
    data = '';
  };
  for (const event of pieces.flatMap((piece): readonly TelnetEvent[] => decoder.push(piece))) {
    if (event.type === 'data') {
      data += event.bytes.toString('hex');
      continue;
    }
    flush();
    said.push(
      event.type === 'negotiation'
        ? [event.verb, event.option]
        : ['sb', event.option, event.bytes.toString('hex')],
    );
  }
  flush();
  return said;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('TelnetDecoder', () => {
  // Data with an IAC in it, DO 44, the answer to 115200 baud, a notification whose value is an IAC, NOP, and data again.
  const stream = hex(
    '41 ff ff 42 ff fd 2c ff fa 2c 65 00 01 c2 00 ff f0 ff fa 2c 6b ff ff ff f0 ff f1 0d 0a',
  );
  const says = ['41ff42', ['do', 44], ['sb', 44, '650001c200'], ['sb', 44, '6bff'], '0d0a'];

  it('tells data from commands, wherever the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut += 1)
      expect(decoded([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(says);
    expect(decoded([...stream].map((byte) => Buffer.of(byte)))).toEqual(says);
  });

  // Mostly the bytes that mean something: IAC, SE, SB, WILL, DO, and the option.
  const meaning = [0xff, 0xff, 0xff, 0xf0, 0xfa, 0xfb, 0xfd, 0x2c, 0x41];
  const uniform = seededUniform(2217);
  const upTo = (limit: number): number => Math.floor(uniform() * limit);
  const randomBytes = (): Buffer =>
    Buffer.from(Array.from({ length: upTo(40) }, () => meaning[upTo(meaning.length)] ?? 0));

  it('gives back every byte that was escaped', () => {
    for (let round = 0; round < 500; round += 1) {
      const bytes = randomBytes();
      const sent = Buffer.concat([escapeData(bytes), subnegotiation(44, bytes)]);
      const expected = ['sb', 44, bytes.toString('hex')];
      expect(decoded([sent])).toEqual(bytes.length === 0 ? [expected] : [bytes.toString('hex'), expected]);
    }
  });

  it('says the same of any bytes, however they are cut', () => {
    for (let round = 0; round < 500; round += 1) {
      const bytes = Buffer.concat([randomBytes(), randomBytes(), randomBytes()]);
      const cut = upTo(bytes.length + 1);
      expect(decoded([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(decoded([bytes]));
    }
  });

  it('hands on what arrived together in one piece, however many IACs it holds', () => {
    const erased = Buffer.alloc(4096, 0xff);
    const bytes = Buffer.concat([Buffer.from('flash '), erased]);
    expect(new TelnetDecoder().push(escapeData(bytes))).toEqual([{ type: 'data', bytes }]);
  });

  it('leaves out a subnegotiation that never seems to end, and goes on after it', () => {
    const endless = Buffer.concat([hex('ff fa 2c'), Buffer.alloc(1 << 20, 0x41), hex('ff f0 42')]);
    expect(decoded([endless])).toEqual(['42']);
  });
});

describe('messages', () => {
  it('are those of the RFC, byte for byte', () => {
    expect(negotiation('will', 44).toString('hex')).toBe('fffb2c');
    expect(negotiation('dont', 1).toString('hex')).toBe('fffe01');
    expect(subnegotiation(44, Buffer.of(5, 8)).toString('hex')).toBe('fffa2c0508fff0');
    // 255 baud: a value that has to be escaped.
    expect(subnegotiation(44, Buffer.of(1, 0, 0, 0, 255)).toString('hex')).toBe('fffa2c01000000fffffff0');
  });
});
