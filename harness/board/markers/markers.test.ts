import type { ConsoleLine } from '../../ports';
import { seededUniform } from '../../units';
import { LineAssembler } from '../console/line-assembler';
import { crc16 } from './crc16';
import { markersIn, MarkerReader } from './index';

const { floor } = Math;

const marker = (n: number, ev = 'mic-opened', us = 1_000_000 + n, more = ''): string => {
  const object = `{"us":${us},"n":${n},"ev":"${ev}"${more}}`;
  return `@hil ${object}#${crc16(object).toString(16).padStart(4, '0')}`;
};

const line = (text: string, index = 0, boot = 0): ConsoleLine => ({
  index,
  text,
  boot,
  hostAtMs: 500 + index,
  byteOffset: 100 * index,
});

/** What a reader makes of lines: events in short, and the text that is left. */
function read(...lines: readonly (ConsoleLine | string)[]) {
  const reader = new MarkerReader();
  const events: string[] = [];
  const left: string[] = [];
  lines.forEach((one, index) => {
    const { events: told, lines: rest } = reader.read(typeof one === 'string' ? line(one, index) : one);
    for (const event of told)
      events.push(
        event.type === 'marker'
          ? `${event.marker} ${event.number}`
          : event.type === 'markers-lost'
            ? `lost ${event.count}`
            : event.type,
      );
    left.push(...rest.map(({ text, truncated }) => (truncated ? `${text}|` : text)));
  });
  return { events, left };
}

describe('a marker line', () => {
  it('has the checksum that the catalogue of CRCs gives', () => {
    expect(crc16('123456789')).toBe(0x29b1);
    expect(crc16('')).toBe(0xffff);
  });

  it('says what happened, when, and whatever else it says', () => {
    const text = marker(7, 'call-done', 12_345, ',"call":"c_1","ok":true,"left":-3');
    expect(markersIn(text)).toEqual([
      {
        marker: {
          name: 'call-done',
          deviceAtUs: 12_345,
          number: 7,
          fields: { call: 'c_1', ok: true, left: -3 },
        },
        start: 0,
        end: text.length,
      },
    ]);
  });

  it('may hold in its strings what looks like its end', () => {
    const [placed] = markersIn(marker(1, 'call-begun', 5, ',"call":"}#0000 @hil {"'));
    expect(placed?.marker.fields).toEqual({ call: '}#0000 @hil {' });
  });

  it.each([
    ['a checksum that is not its own', marker(1).replace('mic', 'mac')],
    ['an upper-case checksum', '@hil {"us":1,"n":1,"ev":"x"}#ABCD'],
    ['no number', `@hil {"us":1,"ev":"x"}#${crc16('{"us":1,"ev":"x"}').toString(16).padStart(4, '0')}`],
    ['a name that is none', marker(1, 'Mic Opened')],
    ['a time that is no number', marker(1, 'x', NaN)],
    ['a negative time', marker(1, 'x', -1)],
    ['a time that is no whole number', marker(1, 'x', 1.5)],
    ['an object inside', marker(1, 'x', 1, ',"deep":{"a":1}')],
    ['more than 319 characters', marker(1, 'x', 1, `,"call":"${'y'.repeat(280)}"`)],
    ['only its beginning', marker(1).slice(0, -1)],
  ])('is none with %s', (_name, text) => {
    expect(markersIn(text)).toEqual([]);
    expect(read(text).left).toEqual([text]);
  });

  it('is looked for in bounded time, whatever a line is made of', () => {
    const hostile = '@hil {}#0000}#0000'.repeat(1000);
    expect(markersIn(hostile)).toEqual([]);
  });
});

describe('the markers of a console', () => {
  it('are events in their order, and no line for anybody else', () => {
    expect(read(marker(0), marker(1, 'speech-started'), 'I (12) A: x')).toEqual({
      events: ['mic-opened 0', 'speech-started 1'],
      left: ['I (12) A: x'],
    });
  });

  it('carry the stamp of their own clock and where their line stands', () => {
    const reader = new MarkerReader();
    const [event] = reader.read(line(marker(3, 'pong', 42, ',"id":9'), 5)).events;
    expect(event).toEqual({
      type: 'marker',
      marker: 'pong',
      deviceAtUs: 42,
      number: 3,
      fields: { id: 9 },
      byteOffset: 500,
    });
    expect(reader.read(line(`esp_${marker(4)}`, 6)).events).toMatchObject([{ midLine: true }]);
  });

  it('leave the stream as it would be without them where another task printed half a line ahead', () => {
    expect(read(`I (120) wifi:half${marker(0)}`, 'and half', 'I (130) B: y').left).toEqual([
      'I (120) wifi:halfand half',
      'I (130) B: y',
    ]);
    expect(read(`I (1) A: a${marker(0)}`, `b${marker(1)}`, marker(2), 'c', 'd').left).toEqual([
      'I (1) A: abc',
      'd',
    ]);
    // The line feed of the marker was lost.
    expect(read(`${marker(0)}I (1) A: a`).left).toEqual(['I (1) A: a']);
  });

  it('give half a line as cut when a reset came before its other half', () => {
    expect(read(line(`I (1) A: a${marker(0)}`, 0, 1), line('ESP-ROM:esp32s3-20210327', 1, 2)).left).toEqual([
      'I (1) A: a|',
      'ESP-ROM:esp32s3-20210327',
    ]);
  });

  it('keep no more of half a line than a line may have', () => {
    const lines = Array.from({ length: 200 }, (_, n) => `${'x'.repeat(1000)}${marker(n)}`);
    const { left } = read(...lines);
    expect(left.length).toBeGreaterThan(9);
    for (const text of left) expect(text.length).toBeLessThan(18_000);
  });

  it('are counted where they were lost or came damaged, and not where nobody listened', () => {
    expect(read(marker(5), marker(6), marker(9)).events).toEqual([
      'mic-opened 5',
      'mic-opened 6',
      'lost 2',
      'mic-opened 9',
    ]);
    expect(read(marker(0), marker(1).replace('us":1', 'us":2'), marker(2)).events).toEqual([
      'mic-opened 0',
      'lost 1',
      'mic-opened 2',
    ]);
    // A start behind a banner that was seen begins at 0; one that nobody saw only falls back.
    expect(read(line(marker(4), 0, 1), line(marker(2), 1, 2)).events).toEqual([
      'mic-opened 4',
      'lost 2',
      'mic-opened 2',
    ]);
    expect(read(marker(4), marker(0), marker(1)).events).toEqual([
      'mic-opened 4',
      'mic-opened 0',
      'mic-opened 1',
    ]);
  });

  it('come out the same however the bytes were cut', () => {
    const stream = Buffer.from(
      `I (1) A: 你好\r\n${marker(0)}\r\nesp> ${marker(1)}\r\nI (2) A: b${marker(2)}\r\nc\r\n`,
    );
    const through = (cut: number) => {
      const lines: ConsoleLine[] = [];
      const assembler = new LineAssembler((assembled) => lines.push({ ...assembled, index: lines.length }));
      assembler.push(stream.subarray(0, cut), 1);
      assembler.push(stream.subarray(cut), 2);
      return read(...lines);
    };
    const whole = { events: [0, 1, 2].map((n) => `mic-opened ${n}`), left: ['I (1) A: 你好', 'I (2) A: bc'] };
    for (let cut = 0; cut <= stream.length; cut += 1) expect(through(cut)).toEqual(whole);
  });

  it('are never invented and never an exception, whatever hits the line', () => {
    const uniform = seededUniform(31);
    const reader = new MarkerReader();
    for (let round = 0; round < 3000; round += 1) {
      const bytes = Buffer.from(`${marker(round)}${marker(round + 1)}`);
      for (let hits = 0; hits < 4; hits += 1) bytes[floor(uniform() * bytes.length)] = floor(uniform() * 256);
      for (const event of reader.read(line(bytes.toString('latin1'), round)).events)
        if (event.type === 'marker') expect(event.marker).toBe('mic-opened');
    }
  });
});
