import type { BoardServices } from '../application';
import { garbled } from './garbled';

const THOUGHT = '思考: ';
const ANSWER = '回答: ';

/** Prints reasoning and answer piece by piece, each behind its heading, and notices the first text. */
export class AnswerPrinter {
  /** Of the answer as it was printed, in UTF-8. */
  answerBytes = 0;
  private line: 'none' | 'thought' | 'answer' = 'none';

  constructor(
    private readonly services: BoardServices,
    private readonly firstText: () => void,
  ) {}

  /** All of it stays on one line. The text is never empty. */
  thought(text: string): void {
    this.print('thought', THOUGHT, text.replaceAll(/\s*\n\s*/g, ' '));
  }

  /** Newlines are printed as they are. The text is never empty. */
  answer(text: string): void {
    const printed = this.services.faults.has('garbled-answer') ? garbled(text) : text;
    this.answerBytes += Buffer.byteLength(printed);
    this.print('answer', ANSWER, printed);
    this.services.strike('answer');
  }

  /** Ends the line that was begun, if there is one. */
  end(): void {
    if (this.line !== 'none') this.write('\n');
    this.line = 'none';
  }

  private print(line: 'thought' | 'answer', heading: string, text: string): void {
    if (this.line === 'none' && !this.lost) this.firstText();
    if (this.line !== line) {
      this.end();
      this.write(heading);
      this.line = line;
    }
    this.write(text);
  }

  private get lost(): boolean {
    return this.services.faults.has('lost-answer');
  }

  private write(text: string): void {
    if (!this.lost) this.services.console.print(text);
  }
}
