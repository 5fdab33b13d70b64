import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryWriter } from 'allure-js-commons/sdk/reporter';
import type { Writer } from 'allure-js-commons/sdk/reporter';
import { createRedactor } from '../../run';
import { maskingWriter } from './masking-writer';

describe('maskingWriter', () => {
  it('writes results and attachments without the secrets that they quote, and sound as it is', () => {
    const written = new Map<string, string>();
    const inner: Writer = new InMemoryWriter();
    inner.writeAttachment = (name, content) => void written.set(name, content.toString('latin1'));
    inner.writeResult = (result) => void written.set('result', JSON.stringify(result));
    const writer = maskingWriter(inner, createRedactor(['hunter2-passwort']));
    writer.writeAttachment('a.txt', Buffer.from('> wifi home hunter2-passwort\n'));
    writer.writeAttachment('a.json', Buffer.from('{"said":["key hunter2-passwort"]}'));
    writer.writeAttachment('a.wav', Buffer.from([0x52, 0xff, 0x00]));
    const statusDetails = { message: 'expected hunter2-passwort' };
    writer.writeResult({ uuid: 'u', statusDetails } as Parameters<Writer['writeResult']>[0]);
    expect([...written.values()].join('\n')).not.toContain('hunter2');
    expect(JSON.parse(written.get('a.json') ?? '')).toEqual({ said: ['key ***'] });
    expect(written.get('a.wav')).toBe('R\u00ff\u0000');
  });

  it('links recordings where it can, and has them copied elsewhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-writer-'));
    try {
      const from = join(folder, 't0001.wav');
      writeFileSync(from, 'sound');
      const copied: string[] = [];
      const inner: Writer = new InMemoryWriter();
      inner.writeAttachmentFromPath = (name) => void copied.push(name);
      const redactor = createRedactor([]);
      maskingWriter(inner, redactor, folder).writeAttachmentFromPath('a.wav', from);
      maskingWriter(inner, redactor, join(folder, 'nowhere')).writeAttachmentFromPath('b.wav', from);
      maskingWriter(inner, redactor).writeAttachmentFromPath('c.wav', from);
      expect(copied).toEqual(['b.wav', 'c.wav']);
      expect(statSync(join(folder, 'a.wav')).ino).toBe(statSync(from).ino);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
