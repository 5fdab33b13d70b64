import { stripVTControlCharacters } from 'node:util';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** East Asian wide and fullwidth forms, and emoji: two columns on a terminal (Unicode TR 11, ranges in use for text). */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const widthOfGrapheme = (grapheme: string): number => (wide.test(grapheme) ? 2 : 1);

/** Columns that a text takes on a terminal; colours take none, a Chinese character takes two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text)))
    width += widthOfGrapheme(segment);
  return width;
}

/** A text without colours, cut to a number of columns with `…` where it was cut; never cut inside a character. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = widthOfGrapheme(segment);
    if (width + next > columns - 1) break;
    kept += segment;
    width += next;
  }
  return `${kept}…`;
}

/** A text filled up with blanks to a number of columns, or cut to it. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const fitted = truncate(text, columns);
  const blanks = ' '.repeat(Math.max(0, columns - displayWidth(fitted)));
  return align === 'left' ? fitted + blanks : blanks + fitted;
}
