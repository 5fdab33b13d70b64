/** What of a program's complaint is kept. */
const KEPT_CHARACTERS = 2_000;

/** What a sound program writes to stderr: ALSA explains at length, and says last what it could not do. */
export class Complaint {
  private text = '';

  add(piece: string): void {
    this.text = (this.text + piece).slice(-KEPT_CHARACTERS);
  }

  /** For an error's facts. */
  get whole(): string {
    return this.text.trim();
  }

  /** For an error's message. */
  get last(): string {
    const line = this.whole.split('\n').at(-1) ?? '';
    return line === '' ? 'it wrote nothing' : `it wrote ${JSON.stringify(line)}`;
  }
}
