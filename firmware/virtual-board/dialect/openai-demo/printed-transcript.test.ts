import { printedTranscript } from './printed-transcript';
import { prettyCjson } from './cjson';

describe('printedTranscript', () => {
  it.each([
    ['{"type":"response.output_audio_transcript.done","transcript":"Hello."}', 'Hello.'],
    ['{"type":"response.output_audio_transcript.delta","delta":"Hel"}', undefined],
    ['{"part":{"type":"audio","transcript":""}}', ''],
    ['{"transcript":"She said \\"no\\"."}', 'She said \\'],
    ['{"transcript":"\\u4f60\\n"}', '\\u4f60\\n'],
    ['{"content":[{"type":"input_audio","transcript":null}],"status":"completed"}', 'status'],
    ['{"session":{"input_audio_transcription":null}}', undefined],
    ['{"transcript":null}', undefined],
  ])('of %s is %s', (message, printed) => {
    expect(printedTranscript(message)).toBe(printed);
  });
});

describe('prettyCjson', () => {
  it('is what cJSON_Print writes', () => {
    const value = { type: 'a', session: { modalities: ['text', 'audio'], none: null }, list: [{ x: 1 }, {}] };
    expect(prettyCjson(value)).toBe(
      '{\n\t"type":\t"a",\n\t"session":\t{\n\t\t"modalities":\t["text", "audio"],\n\t\t"none":\tnull\n\t},\n' +
        '\t"list":\t[{\n\t\t\t"x":\t1\n\t\t}, {\n\t\t}]\n}',
    );
    expect(JSON.parse(prettyCjson(value))).toEqual(value);
  });
});
