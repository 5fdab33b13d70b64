import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOST_CASSETTE_BYTES, readCassette } from './read-cassette';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-cassette-'));
  path = join(folder, 'a.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const head = { schema: 'earshot/cassette@1', protocol: 'deepseek', recordedAt: '2026-11-20T12:00:00.000Z' };
const request = { method: 'POST', path: '/chat/completions', headers: {}, body: { text: '{}' } };
const take = {
  kind: 'http',
  request,
  answer: { atMs: 1, status: 200, headers: { 'x-a': 'b' }, body: [{ atMs: 2, base64: '5pk=' }] },
  end: { atMs: 3, how: 'complete' },
};
const spoken = {
  kind: 'socket',
  path: '/v3.1/chat',
  messages: [{ atMs: 1, from: 'board', text: 'x' }],
  end: { atMs: 2, how: 'closed', by: 'provider', code: 1000, reason: '' },
};
const written = (...lines: readonly unknown[]): void =>
  writeFileSync(
    path,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );

it('reads takes of both kinds, and keeps what a later version has added', () => {
  written({ ...head, later: 1 }, take, spoken);
  expect(readCassette(path)).toEqual({ head: { ...head, later: 1 }, takes: [take, spoken] });
});

it.each([
  ['an empty file', [''], ':1: this line of the cassette is no JSON'],
  ['another file', [{ hello: 1 }], ':1: in this cassette, schema is wrong'],
  [
    'a newer one',
    [{ ...head, schema: 'earshot/cassette@2' }],
    ':1: schema is earshot/cassette@2, of a newer earshot',
  ],
  ['an unknown protocol', [{ ...head, protocol: 'x' }], ':1: in this cassette, protocol is wrong'],
  ['a line that was cut', [head, take, '{"kind":"ht'], ':3: this line of the cassette is no JSON'],
  ['an unknown kind', [head, { kind: 'pigeon' }], ':2: in this cassette, kind is wrong'],
  ['a take without an end', [head, { ...take, end: undefined }], ':2: in this cassette, end is wrong'],
  [
    'a status that ends nothing',
    [head, { ...take, answer: { ...take.answer, status: 101 } }],
    'answer.status is wrong',
  ],
  [
    'a header that would be two',
    [head, { ...take, answer: { ...take.answer, headers: { a: 'b\r\nc: d' } } }],
    'answer.headers is wrong: expected headers that HTTP can carry',
  ],
  [
    'bytes that are none',
    [head, take, { ...take, answer: { ...take.answer, body: [{ atMs: 2, base64: '?' }] } }],
    ':3: in this cassette, answer.body[0].base64 is wrong: Invalid base64-encoded string.',
  ],
  ['a time before the request', [head, { ...take, end: { atMs: -1, how: 'complete' } }], 'end.atMs is wrong'],
  [
    'a close reason that no frame holds',
    [head, { ...spoken, end: { ...spoken.end, reason: '一'.repeat(42) } }],
    'end.reason is wrong: expected at most 123 bytes',
  ],
])('refuses %s', (_, lines, sentence) => {
  written(...(lines as readonly unknown[]));
  expect(() => readCassette(path)).toThrow(sentence);
  expect(() => readCassette(path)).toThrow(expect.objectContaining({ code: 'HIL_CONFIG_INVALID' }) as Error);
});

it('does not open what is not there, or would fill the memory', () => {
  expect(() => readCassette(path)).toThrow(
    expect.objectContaining({ code: 'HIL_CONFIG_FILE_MISSING' }) as Error,
  );
  written(head);
  truncateSync(path, MOST_CASSETTE_BYTES + 1);
  expect(() => readCassette(path)).toThrow(`a cassette has at most ${MOST_CASSETTE_BYTES}`);
});
