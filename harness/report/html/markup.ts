/** Markup that may stand in a page as it is. Only `html` and `trusted` make it. */
export class Markup {
  constructor(readonly text: string) {}
}

export type MarkupValue = Markup | string | number | undefined | false | readonly MarkupValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand between tags and in quoted attributes; control characters become U+FFFD. */
export const escapeHtml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
    // eslint-disable-next-line no-control-regex -- HTML refuses them, boards print them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd');

function textOf(value: MarkupValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return escapeHtml(String(value));
}

/** Indentation of the source says nothing in a page, and thousands of turns would carry it. */
const unindented = (part: string): string => part.replace(/\s*\n\s*/g, '\n');

/** Template of markup: what is put in is escaped unless it is markup; undefined and false leave nothing, lists are joined. */
export const html = (parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup =>
  new Markup(parts.map((part, index) => textOf(values[index - 1]) + unindented(part)).join(''));

/** Text of this folder's own, such as its style sheet. Never for anything that was recorded. */
export const trusted = (text: string): Markup => new Markup(text);
