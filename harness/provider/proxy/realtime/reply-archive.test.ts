import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { ReplyArchive } from './reply-archive';

const reply = spoken(smallCorpus(), 'en-light-is-on-a', 0, 0);
const PACKET = 480;
let folder: string;
let archive: ReplyArchive;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-replies-'));
  archive = new ReplyArchive();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Keeps the reply packet by packet; those told stand in for lost ones. */
function keep(lost: readonly number[]): void {
  for (let at = 0; at * PACKET < reply.length; at++) {
    const samples = reply.slice(at * PACKET, (at + 1) * PACKET);
    archive.keep('item', Buffer.from(samples.buffer).toString('base64'), 'audio/pcm', lost.includes(at));
  }
}
const save = () => archive.save({ itemId: 'item', path: join(folder, 'reply.wav') });

it('tells which samples of a reply stand in for lost ones, neighbours as one', async () => {
  keep([3, 4, 9]);
  expect(await save()).toMatchObject({
    lengthSamples: reply.length,
    invented: [
      { from: 3 * PACKET, to: 5 * PACKET },
      { from: 9 * PACKET, to: 10 * PACKET },
    ],
  });
});

it('says nothing of loss where there was none, and knows words that came ahead of the sound', async () => {
  archive.transcribe('item', 'The light is on');
  keep([]);
  const clip = await save();
  expect(clip).not.toHaveProperty('invented');
  expect(clip?.transcript).toBe('The light is on');
});
