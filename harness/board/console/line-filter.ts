import { requiredText } from './required-text';

/** So many characters of a pattern's text are looked for before the rest of it is. */
const KEY_CHARACTERS = 4;
/** Four characters fit into 16 bits once each is moved by four; what else falls on the same place is told apart by the whole text. */
const PLACES = 1 << 16;

/** Text that is in every match of a pattern, and the place of its last characters. */
interface Required {
  readonly text: string;
  readonly key: number;
}

/** Undefined for a pattern that has too little text of its own. */
function requiredOf(pattern: RegExp): Required | undefined {
  const text = requiredText(pattern);
  if (text === undefined || text.length < KEY_CHARACTERS) return undefined;
  let key = 0;
  for (let position = text.length - KEY_CHARACTERS; position < text.length; position += 1)
    key = ((key << 4) ^ text.charCodeAt(position)) & (PLACES - 1);
  return { text, key };
}

/**
 * Tells in one pass over a text, of one line or of many, whether any of many patterns can be in it, so that the rare one alone is tried
 * against each. It may say yes in vain, and never says no in error.
 */
export class LineFilter {
  private readonly isKey = new Uint8Array(PLACES);
  /** Each text as often as patterns have it. */
  private readonly texts = new Map<number, string[]>();
  private unkeyed = 0;

  add(pattern: RegExp): void {
    const required = requiredOf(pattern);
    if (required === undefined) {
      this.unkeyed += 1;
      return;
    }
    const { text, key } = required;
    this.isKey[key] = 1;
    this.texts.set(key, [...(this.texts.get(key) ?? []), text]);
  }

  remove(pattern: RegExp): void {
    const required = requiredOf(pattern);
    if (required === undefined) {
      this.unkeyed -= 1;
      return;
    }
    const { text, key } = required;
    const left = [...(this.texts.get(key) ?? [])];
    const place = left.indexOf(text);
    if (place >= 0) left.splice(place, 1);
    if (left.length > 0) {
      this.texts.set(key, left);
      return;
    }
    this.texts.delete(key);
    this.isKey[key] = 0;
  }

  /** Whether a pattern is among those that were added which only a trial can tell of. */
  get needsTrial(): boolean {
    return this.unkeyed > 0;
  }

  /** Whether the text of any pattern is in this one, between these characters. */
  mayMatch(text: string, from = 0, to = text.length): boolean {
    if (this.texts.size === 0) return false;
    const { isKey } = this;
    let key = 0;
    for (let position = from; position < to; position += 1) {
      key = ((key << 4) ^ text.charCodeAt(position)) & (PLACES - 1);
      if (isKey[key] === 1 && this.endsAt(text, position + 1, key)) return true;
    }
    return false;
  }

  private endsAt(text: string, end: number, key: number): boolean {
    const texts = this.texts.get(key) ?? [];
    return texts.some((one) => text.startsWith(one, end - one.length));
  }
}
