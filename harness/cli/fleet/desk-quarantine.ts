import { boardsInQuarantine, liftQuarantine, putInQuarantine } from '../../bench';
import { NO_BOARD, type Readiness } from '../../fleet';
import { isoNow } from '../../ports';

/** What a desk is called where boards in quarantine are: none of the bench is called so. */
const nameOf = (desk: string): string => `desk ${desk}`;

/** Keeps a desk of a bench from work, over restarts too, as boards are kept. */
export class DeskQuarantine {
  /** @param bench - Absolute path of the bench file. @param folder - Default: that of the user. */
  constructor(
    private readonly bench: string,
    private readonly desk: string,
    private readonly folder?: string,
  ) {}

  look(): Readiness {
    const name = nameOf(this.desk);
    const kept = boardsInQuarantine(this.folder).find(
      ({ bench, board }) => bench === this.bench && board === name,
    );
    return kept === undefined ? { state: 'ready' } : { state: 'quarantined', reason: kept.reason };
  }

  put(reason: string): void {
    const board = { board: nameOf(this.desk), bench: this.bench, model: NO_BOARD, runPath: undefined };
    putInQuarantine({ schema: 'earshot/quarantine@1', ...board, reason, since: isoNow() }, this.folder);
  }

  lift(): void {
    liftQuarantine({ bench: this.bench, board: nameOf(this.desk) }, this.folder);
  }
}
