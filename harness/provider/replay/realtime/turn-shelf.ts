import type { Heard } from '../../hearing/heard';
import type { RecordedTurn } from './recorded-session';

/** The turns of a cassette, handed out in their order; where all that fit were used they start over. */
export class TurnShelf {
  private readonly used = new Set<RecordedTurn>();

  constructor(private readonly turns: readonly RecordedTurn[]) {}

  /**
   * The turn that answers what was heard: one of the same recording, else of the same utterance in that language, else of the
   * utterance; something unknown is answered as something unknown was. Undefined: none does.
   */
  use({ promptId, utterance, language }: Heard): RecordedTurn | undefined {
    const candidates = [
      promptId === undefined ? [] : this.turns.filter(({ heard }) => heard?.promptId === promptId),
      this.turns.filter(({ heard }) => heard?.utterance === utterance && heard?.language === language),
      this.turns.filter(({ heard }) => heard?.utterance === utterance),
    ];
    const fitting = candidates.find((turns) => turns.length > 0) ?? [];
    if (fitting.every((turn) => this.used.has(turn))) for (const turn of fitting) this.used.delete(turn);
    const turn = fitting.find((one) => !this.used.has(one));
    if (turn !== undefined) this.used.add(turn);
    return turn;
  }
}
