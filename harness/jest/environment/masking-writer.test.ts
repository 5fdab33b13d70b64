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
});
