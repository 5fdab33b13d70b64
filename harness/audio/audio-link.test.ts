import {
  AUDIO_LINK_SCHEMA,
  AudioLinkDecoder,
  encodeAudioLinkFrame,
  MAX_FRAME_BYTES,
  type AudioLinkFrame,
} from './audio-link';

const frames: AudioLinkFrame[] = [
  { kind: 'hello', hello: { schema: AUDIO_LINK_SCHEMA, rateHz: 48_000, blockSamples: 3, rigPpm: -12.5 } },
  { kind: 'welcome', welcome: { schema: AUDIO_LINK_SCHEMA, boardPpm: 40 } },
  { kind: 'mic', blockIndex: 0, samples: Float32Array.of(0, -1, 0.25) },
  {
    kind: 'speaker',
    blockIndex: 4_294_967_295,
    samples: Float32Array.of(1, 1e-20, -0.5),
    truth: [
      {
        kind: 'speaker',
        itemId: 'Übung "1"',
        sourceSample: 7,
        lengthSamples: 240,
        sourceRateHz: 24_000,
        atLinkSample: 1.125,
      },
      { kind: 'uplink', streamSample: 480, atLinkSample: 960.5, hostAtMs: 12_345.678 },
    ],
  },
  { kind: 'speaker', blockIndex: 1, samples: new Float32Array(0), truth: [] },
];
const stream = Buffer.concat(frames.map(encodeAudioLinkFrame));

const rawFrame = (kind: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(1 + body.length, 0);
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, body]);
};

describe('the audio link', () => {
  it('writes a mic block as its length, kind, index and little-endian floats', () => {
    const bytes = encodeAudioLinkFrame({ kind: 'mic', blockIndex: 258, samples: Float32Array.of(1) });
    expect(bytes.toString('hex')).toBe('09000000' + '03' + '02010000' + '0000803f');
  });

  it('reads back what it wrote', () => {
    expect(new AudioLinkDecoder().push(stream)).toEqual(frames);
  });

  it('reads the same when the bytes come one by one', () => {
    const decoder = new AudioLinkDecoder();
    expect([...stream].flatMap((byte) => decoder.push(Buffer.of(byte)))).toEqual(frames);
  });

  it('copies a frame that drips in a few times, not once a drop', () => {
    const samples = new Float32Array(48_000).fill(0.5);
    const bytes = encodeAudioLinkFrame({ kind: 'mic', blockIndex: 0, samples });
    const decoder = new AudioLinkDecoder();
    const joins = jest.spyOn(Buffer, 'concat');
    const read: AudioLinkFrame[] = [];
    for (let at = 0; at < bytes.length; at += 100) read.push(...decoder.push(bytes.subarray(at, at + 100)));
    const copiedBytes = joins.mock.calls.reduce(
      (sum, [pieces]) => sum + pieces.reduce((length, piece) => length + piece.length, 0),
      0,
    );
    joins.mockRestore();
    expect(read).toEqual([{ kind: 'mic', blockIndex: 0, samples }]);
    expect(copiedBytes).toBeLessThanOrEqual(2 * bytes.length);
  });

  it('reads the same wherever the stream is cut in two', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const decoder = new AudioLinkDecoder();
      const read = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))];
      expect(read).toEqual(frames);
    }
  });

  it('keeps samples apart from the buffer that they came in', () => {
    const bytes = Buffer.from(encodeAudioLinkFrame(frames[2]!));
    const [read] = new AudioLinkDecoder().push(bytes);
    bytes.fill(0xff);
    expect(read).toEqual(frames[2]);
  });

  it('takes a view into a larger array for its samples', () => {
    const samples = Float32Array.of(9, 0.5, 0.75, 9).subarray(1, 3);
    const [read] = new AudioLinkDecoder().push(encodeAudioLinkFrame({ kind: 'mic', blockIndex: 1, samples }));
    expect(read).toEqual({ kind: 'mic', blockIndex: 1, samples: Float32Array.of(0.5, 0.75) });
  });

  it('refuses a frame that is too long before its body has come', () => {
    const head = Buffer.alloc(5);
    head.writeUInt32LE(MAX_FRAME_BYTES + 1, 0);
    expect(() => new AudioLinkDecoder().push(head)).toThrow(RangeError);
  });

  it.each([
    ['without a kind', Buffer.alloc(5)],
    ['of unknown kind', rawFrame(9, Buffer.alloc(4))],
    ['with half a sample', rawFrame(3, Buffer.alloc(4 + 6))],
    ['with no block index', rawFrame(3, Buffer.alloc(2))],
  ])('refuses a frame %s', (_, bytes) => {
    // By name: Node's own RangeError comes from outside Jest's realm.
    expect(() => new AudioLinkDecoder().push(bytes)).toThrow(
      expect.objectContaining({ name: 'RangeError' }) as Error,
    );
  });

  it('refuses a greeting that is no JSON', () => {
    expect(() => new AudioLinkDecoder().push(rawFrame(1, Buffer.from('hello')))).toThrow(SyntaxError);
  });
});
