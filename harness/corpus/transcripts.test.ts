import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTranscripts, transcriptOf } from './transcripts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-words-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const written = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('transcripts', () => {
  it('are read from a list as editors write it: a mark at the beginning, either line end, comments', () => {
    const list = written('words.tsv', '\ufeff# ours\r\nen-a.wav\tTurn it on\r\n\r\nen-b\t 打开灯 \n');
    expect([...readTranscripts(list)]).toEqual([
      ['en-a', 'Turn it on'],
      ['en-b', '打开灯'],
    ]);
  });

  it('names the line that is none', () => {
    const list = written('words.tsv', 'en-a.wav\tTurn it on\nen-b.wav Turn it off\n');
    expect(() => readTranscripts(list)).toThrow(/words\.tsv:2: .*"en-b\.wav Turn it off"/);
    expect(() => readTranscripts(join(folder, 'none.tsv'))).toThrow(/ENOENT/);
  });

  it('of a WAV are those of the list, else those beside it', () => {
    written('en-a.txt', 'Beside\n it\n');
    written('en-b.txt', ' \n');
    const wav = (stem: string): string => join(folder, `${stem}.WAV`);
    expect(transcriptOf(wav('en-a'), new Map())).toBe('Beside it');
    expect(transcriptOf(wav('en-a'), new Map([['en-a', 'Listed']]))).toBe('Listed');
    expect(transcriptOf(wav('en-b'), new Map())).toBeUndefined();
    expect(transcriptOf(wav('en-c'), new Map())).toBeUndefined();
  });
});
