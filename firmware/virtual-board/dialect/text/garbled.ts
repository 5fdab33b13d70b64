const ranges: readonly (readonly [first: string, last: string])[] = [
  ['a', 'z'],
  ['A', 'Z'],
  ['0', '9'],
  ['\u4e00', '\u9fff'],
];

/** Another text of the same length in bytes: every letter, digit and Chinese character is replaced by the next one. */
export function garbled(text: string): string {
  return text.replaceAll(/[a-z0-9\u4e00-\u9fff]/gi, (char) => {
    const range = ranges.find(([first, last]) => char >= first && char <= last);
    if (range === undefined) return char;
    return char === range[1] ? range[0] : String.fromCharCode(char.charCodeAt(0) + 1);
  });
}
