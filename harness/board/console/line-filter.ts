import { requiredText } from './required-text';

/** So many characters of a pattern's text are looked for. */
const KEY_CHARACTERS = 4;
/** Four characters fit into 16 bits once each is moved by four; what else falls on the same place is only tried in vain. */
const PLACES = 1 << 16;

/** The place of a pattern; undefined for one that has too little text of its own. */
function keyOf(pattern: RegExp): number | undefined {
  const text = requiredText(pattern)?.slice(-KEY_CHARACTERS);
  if (text?.length !== KEY_CHARACTERS) return undefined;
  let key = 0;
  for (let position = 0; position < KEY_CHARACTERS; position += 1)
    key = ((key << 4) ^ text.charCodeAt(position)) & (PLACES - 1);
  return key;
}

/**
 * Tells in one pass over a line whether any of many patterns can be in it, so that the rare line alone is tried against each. It may
 * say yes in vain, and never says no in error.
 */
export class LineFilter {
  private readonly isKey = new Uint8Array(PLACES);
  private readonly keys = new Map<number, number>();
  private unkeyed = 0;

  add(pattern: RegExp): void {
    const key = keyOf(pattern);
    if (key === undefined) {
      this.unkeyed += 1;
      return;
    }
    this.isKey[key] = 1;
    this.keys.set(key, (this.keys.get(key) ?? 0) + 1);
  }

  remove(pattern: RegExp): void {
    const key = keyOf(pattern);
    if (key === undefined) {
      this.unkeyed -= 1;
      return;
    }
    const left = (this.keys.get(key) ?? 1) - 1;
    if (left > 0) {
      this.keys.set(key, left);
      return;
    }
    this.keys.delete(key);
    this.isKey[key] = 0;
  }

  /** Whether a pattern is among those that were added which only a trial can tell of. */
  get needsTrial(): boolean {
    return this.unkeyed > 0;
  }

  /** Whether the text of any pattern may be in this one. */
  mayMatch(text: string): boolean {
    if (this.keys.size === 0) return false;
    const { isKey } = this;
    let key = 0;
    for (let position = 0; position < text.length; position += 1) {
      key = ((key << 4) ^ text.charCodeAt(position)) & (PLACES - 1);
      if (isKey[key] === 1) return true;
    }
    return false;
  }
}
