/** Every stream of fixtures/consoles: cut at each byte, and with bursts of noise in it. No byte of it gets lost. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { ConsoleLine } from '../../ports';
import { consoleStream } from '../__fixtures__/console-stream';
import { rawLines } from '../__fixtures__/raw-lines';
import { ManualClock } from '../__fixtures__/manual-clock';
import { dialectByName } from '../dialect';
import { CrashLogReader } from '../esp32s3';
import { readEvents } from '../event-reader';
import { LineAssembler, type AssembledLine } from './line-assembler';
import { parseLogLine } from './log-line';
import { RecordedConsole } from './recorded-console';

const folder = join(__dirname, '../../../fixtures/consoles');
const isStream = (name: string): boolean => /\.(txt|bin|log)$/.test(name);
const crashes = readdirSync(join(folder, 'panics')).map((name) => `panics/${name}`);
const files = [...readdirSync(folder), ...crashes].filter(isStream);
const streams = new Map(files.map((file) => [file, consoleStream(file)]));
const streamOf = (file: string): Buffer => streams.get(file) ?? Buffer.alloc(0);

/** Lines as one text: comparing those of thousands of cuts as objects takes minutes. */
function assembled(chunks: readonly Buffer[]): { readonly text: string; readonly lines: AssembledLine[] } {
  const lines: AssembledLine[] = [];
  const assembler = new LineAssembler((line) => void lines.push(line));
  for (const chunk of chunks) assembler.push(chunk, 0);
  assembler.end();
  return { text: JSON.stringify(lines), lines };
}

/** Pieces of at most so many bytes, the sizes taken in turn. */
function inPieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0, piece = 0; start < bytes.length; piece += 1) {
    const end = start + (sizes[piece % sizes.length] ?? 1);
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

const bursts = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.uint8Array({ maxLength: 40 }) }),
  { maxLength: 4 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 });

/** The stream with the bursts in it, and where the first of them begins. */
function noisy(
  stream: Buffer,
  noise: readonly { readonly at: number; readonly bytes: Uint8Array }[],
): { readonly bytes: Buffer; readonly firstAt: number } {
  const placed = noise
    .map(({ at, bytes }) => ({ at: Math.floor(at * stream.length), bytes }))
    .sort((a, b) => a.at - b.at);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { at, bytes } of placed) {
    parts.push(stream.subarray(from, at), bytes);
    from = at;
  }
  parts.push(stream.subarray(from));
  return { bytes: Buffer.concat(parts), firstAt: placed[0]?.at ?? stream.length };
}

describe('the console streams', () => {
  // Between two lines the assembler holds nothing, so each line can be cut by itself.
  it.each(files)('%s gives the same lines wherever it is cut', (file) => {
    for (const line of rawLines(streamOf(file))) {
      const whole = assembled([line]).text;
      for (let cut = 1; cut < line.length; cut += 1)
        if (assembled([line.subarray(0, cut), line.subarray(cut)]).text !== whole)
          throw new Error(
            `Cut at byte ${cut}, this line reads otherwise: ${JSON.stringify(line.toString())}`,
          );
      expect(assembled(inPieces(line, [1])).text).toBe(whole);
    }
  });

  it.each(files)('%s is all in its lines', (file) => {
    const bytes = streamOf(file);
    const { lines } = assembled([bytes]);
    let next = 0;
    for (const { byteOffset, byteLength } of lines) {
      expect(byteOffset).toBe(next);
      next += byteLength;
    }
    expect(next).toBe(bytes.length);
  });

  it('give the same lines whether or not somebody listens to each', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), bursts, sizes, fc.boolean(), (file, noise, pieces, isWhole) => {
        const { bytes } = noisy(streamOf(file), noise);
        const open = () => {
          const clock = new ManualClock();
          const write = () => Promise.resolve();
          return new RecordedConsole({ name: file, clock, write, baudRate: 115_200, keepLines: 60 });
        };
        const [heard, unheard] = [open(), open()];
        const told: ConsoleLine[] = [];
        heard.onLine((line) => void told.push(line));
        for (const piece of isWhole ? [bytes] : inPieces(bytes, pieces))
          for (const console of [heard, unheard]) console.receive(piece, 0);
        for (const console of [heard, unheard]) console.end(new Error('over'));
        expect(unheard.cursor()).toBe(told.length);
        expect(unheard.lines).toEqual(told.slice(-unheard.lines.length));
        expect(unheard.lines.length).toBeGreaterThanOrEqual(Math.min(told.length, 60 - 1));
      }),
      { seed: 6, numRuns: 150 },
    );
  });

  it('lose no byte to bursts of noise, and no line before them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), bursts, sizes, (file, noise, pieces) => {
        const { bytes, firstAt } = noisy(streamOf(file), noise);
        const { lines } = assembled(inPieces(bytes, pieces));
        let next = 0;
        for (const { byteOffset, byteLength, text } of lines) {
          expect(byteOffset).toBe(next);
          next += byteLength;
          parseLogLine(text);
        }
        expect(next).toBe(bytes.length);
        const untouched = (all: readonly AssembledLine[]) =>
          JSON.stringify(all.filter(({ byteOffset, byteLength }) => byteOffset + byteLength <= firstAt));
        expect(untouched(lines)).toBe(untouched(assembled([streamOf(file)]).lines));
      }),
      { seed: 6, numRuns: 250 },
    );
  });

  it('are read through bursts of noise by every reader, and every byte is handed on', () => {
    const dialects = [
      'realtime-ws',
      'openai-demo',
      'openai-demo-beta',
      'realtime-embedded-sdk',
      'idf-chat',
      'micropython-chat',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.constantFrom(...dialects, 'spark-chat'),
        bursts,
        sizes,
        (file, dialect, noise, pieces) => {
          const { bytes } = noisy(streamOf(file), noise);
          const clock = new ManualClock();
          const write = () => Promise.resolve();
          const console = new RecordedConsole({ name: file, clock, write, baudRate: 115_200 });
          const handedOn: Buffer[] = [];
          const told: ConsoleLine[] = [];
          console.onBytes((chunk) => void handedOn.push(chunk));
          console.onLine((line) => void told.push(line));
          const emit = () => undefined;
          const stop = readEvents({
            board: file,
            console,
            dialect: dialectByName(dialect),
            clock,
            emit,
          });
          const log = new CrashLogReader();
          for (const piece of inPieces(bytes, pieces)) {
            console.receive(piece, clock.nowMs());
            log.push(piece);
            clock.advance(1);
          }
          clock.advance(10_000);
          stop();
          for (const { lineNumber } of [...log.end(), ...log.coreDumps])
            expect(lineNumber).toBeLessThanOrEqual(console.cursor() + 1);
          console.end(new Error('over'));
          expect(Buffer.concat(handedOn).equals(bytes)).toBe(true);
          expect(console.receivedBytes).toBe(bytes.length);
          expect(told).toEqual(console.lines);
        },
      ),
      { seed: 6, numRuns: 80 },
    );
  });
});

describe('where the lines of the streams come from', () => {
  const { $comment, ...sources } = JSON.parse(readFileSync(join(folder, 'sources.json'), 'utf8')) as Record<
    string,
    readonly { readonly lines: string; readonly shape: string; readonly values: string }[]
  >;

  it('is told of each line of each stream', () => {
    expect($comment).toBeDefined();
    expect(Object.keys(sources)).toEqual(files.filter((file) => !file.startsWith('panics/')).sort());
    for (const [file, rows] of Object.entries(sources)) {
      const covered = rows.flatMap(({ lines }) => {
        const [from = 0, to = 0] = lines.split('-').map(Number);
        return Array.from({ length: to - from + 1 }, (_, index) => from + index);
      });
      expect([file, covered]).toEqual([file, rawLines(streamOf(file)).map((_, index) => index + 1)]);
      for (const { shape, values } of rows) {
        expect(shape).toMatch(/(device\.md \d|docs\/dialect-)/);
        expect(['captured', 'invented']).toContain(values);
      }
    }
  });
});
