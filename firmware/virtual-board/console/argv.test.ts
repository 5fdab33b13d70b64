import { splitArgv } from './argv';

describe('splitArgv', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['text "hello there"', ['text', 'hello there']],
    ['text "say \\"yes\\""', ['text', 'say "yes"']],
    ['wifi my\\ net pass', ['wifi', 'my net', 'pass']],
    ['text a\\\\b', ['text', 'a\\b']],
    ['text a\\nb', ['text', 'ab']],
    ["text 'two words'", ['text', "'two", "words'"]],
    ['text ""', ['text', '']],
    ['text "never closed', ['text', 'never closed']],
    ['text half"quote', ['text', 'half"quote']],
    ['text 你好', ['text', '你好']],
  ])('splits %j', (line, argv) => {
    expect(splitArgv(line)).toEqual(argv);
  });

  it('keeps 31 arguments', () => {
    expect(splitArgv('x '.repeat(40))).toHaveLength(31);
  });
});
