import { consoleStream } from '../__fixtures__/console-stream';
import { CUT_MARK, LineAssembler, MAX_LINE_BYTES, type AssembledLine } from './line-assembler';

function assemble(chunks: readonly Buffer[]): AssembledLine[] {
  const lines: AssembledLine[] = [];
  const assembler = new LineAssembler((line) => void lines.push(line));
  chunks.forEach((chunk, index) => assembler.push(chunk, index));
  assembler.end();
  return lines;
}

describe('LineAssembler', () => {
  it('places every line at the byte where it begins', () => {
    const bytes = consoleStream('chinese.txt');
    for (const line of assemble([bytes])) {
      const start = line.byteOffset;
      expect(bytes.subarray(start, start + Buffer.byteLength(line.text)).toString()).toBe(line.text);
    }
  });

  it('flushes the line that a reset cuts and starts a boot at the banner', () => {
    const bytes = consoleStream('reset-mid-line.bin');
    const cut = bytes.indexOf('ESP-ROM');
    const [table, segment, banner] = assemble([bytes.subarray(0, cut), bytes.subarray(cut)]);
    expect(table).toMatchObject({ text: 'I (85) boot: End of partition table', boot: 0 });
    expect(segment).toMatchObject({ truncated: true, boot: 0, hostAtMs: 0 });
    expect(segment?.text).toBe('I (88) esp_image: segment 2: vaddr=3fc93c');
    expect(banner).toMatchObject({
      text: 'ESP-ROM:esp32s3-20210327',
      boot: 1,
      byteOffset: cut,
      hostAtMs: 1,
    });
  });

  it('strips colours, NULs, prompts and doubled carriage returns', () => {
    expect(assemble([consoleStream('colours-and-nuls.bin')]).map(({ text }) => text)).toEqual([
      'I (1080) Board: Init board.',
      'E (1090) OPENAI_APP: Wifi not connected yet',
      'W (1100) REALTIME_WS: Session closed code=1006 reason=abnormal',
      'Light set to ON',
      'st',
    ]);
  });

  it('strips any number of prompts and keeps them aside', () => {
    const [line] = assemble([Buffer.from('esp> esp> I (1790) wifi:state\r\n')]);
    expect(line).toMatchObject({ text: 'I (1790) wifi:state', withPrompt: 'esp> esp> I (1790) wifi:state' });
  });

  it('shows a line without its end, and a character only when it is whole', () => {
    const assembler = new LineAssembler(() => undefined);
    expect(assembler.partial()).toBeUndefined();
    assembler.push(Buffer.concat([Buffer.from('esp> 灯'), Buffer.from([0xe5])]), 7);
    expect(assembler.partial()).toMatchObject({
      text: '灯',
      withPrompt: 'esp> 灯',
      hostAtMs: 7,
      byteOffset: 0,
    });
  });

  it('cuts a line without an end into marked pieces that lose nothing', () => {
    const text = '灯'.repeat(12_000);
    const lines = assemble([Buffer.from(`${text}\nnext\n`)]);
    expect(lines.length).toBe(4);
    expect(lines.slice(0, 2).every((line) => line.text.endsWith(CUT_MARK))).toBe(true);
    expect(lines.every((line) => Buffer.byteLength(line.text) <= MAX_LINE_BYTES + CUT_MARK.length)).toBe(
      true,
    );
    const joined = lines.slice(0, 3).map((line) => line.text.replace(CUT_MARK, ''));
    expect(joined.join('')).toBe(text);
    expect(lines[3]).toMatchObject({ text: 'next', byteOffset: 36_001 });
  });

  it('gets through bytes that are no text, and says how many they are', () => {
    const lines = assemble([
      Buffer.alloc(40_000, 0x80),
      Buffer.from('\nI (1) a: b\x02\x7f\r\n灯\xff\n', 'latin1'),
    ]);
    expect(lines).toHaveLength(5);
    expect(lines.slice(0, 3).reduce((sum, line) => sum + (line.garbledBytes ?? 0), 0)).toBe(40_000);
    expect(lines[3]).toMatchObject({ garbledBytes: 2 });
  });

  it('takes the control characters that consoles print for text', () => {
    const controls = '\x1b[6n\0\x1b[999C\x07a\b \b\tb\x01\x04\r\n';
    expect(assemble([Buffer.from(controls)])[0]?.garbledBytes).toBeUndefined();
  });

  it('stamps a line with the arrival of its first byte', () => {
    const [first, second] = assemble([Buffer.from('one\ntw'), Buffer.from('o\n')]);
    expect([first?.hostAtMs, second?.hostAtMs]).toEqual([0, 0]);
  });

  it('stamps a line behind a prompt with the arrival of its own first byte, not of the prompt', () => {
    const text = 'I (3560) TEXT_CHAT: Request sent';
    const stampOf = (...chunks: string[]) => assemble(chunks.map((chunk) => Buffer.from(chunk)))[0];
    expect(stampOf('esp> ', `${text}\r\n`)).toMatchObject({ text, hostAtMs: 1 });
    expect(stampOf('\u001b[0;32mesp> \u001b[0m', 'esp> ', text, '\n')).toMatchObject({ text, hostAtMs: 2 });
    expect(stampOf('e', 'sp> ', 'I (35', '60) a: esp> b\n')).toMatchObject({ hostAtMs: 2 });
    expect(stampOf('esp> ', '\n')).toMatchObject({ text: '', hostAtMs: 0 });
  });

  it('marks what the end of the stream cuts', () => {
    expect(assemble([Buffer.from('half')])).toEqual([
      { text: 'half', hostAtMs: 0, byteOffset: 0, byteLength: 4, boot: 0, truncated: true },
    ]);
  });
});
