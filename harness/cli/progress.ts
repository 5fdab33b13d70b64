import type pc from 'picocolors';
import type { HostMessage, TextTurnProgress, TurnProgress } from '../host';

/** Where a run's progress is written. */
export interface ProgressOutput {
  write(text: string): void;
  /** A line that is replaced by the next one; undefined where nothing can be replaced (CI, a file). */
  readonly columns: number | undefined;
}

const millis = (measured: TurnProgress['voiceToVoice']): string => {
  if (measured.state === 'measured') {
    return `${measured.valueMs.toFixed(1)} ± ${Number(measured.uncertaintyMs.toPrecision(1))} ms`;
  }
  return measured.state === 'censored' ? `> ${Math.round(measured.aboveMs)} ms` : measured.reason;
};

/** What a turn was asked, how long it took and what came of it. */
const columnsOf = (turn: TurnProgress | TextTurnProgress): readonly [string, string, string, string] =>
  turn.kind === 'text'
    ? [
        turn.promptId ?? 'own question',
        'question to answer',
        millis(turn.questionToAnswer),
        (turn.answer ?? 'no answer').replace(/\p{Cc}+/gu, ' ').slice(0, LONGEST_ANSWER),
      ]
    : [
        turn.promptId,
        'voice-to-voice',
        millis(turn.voiceToVoice),
        turn.calls.map(({ name }) => name).join(', '),
      ];

/** Characters of an answer that a line of progress has room for. */
const LONGEST_ANSWER = 36;

/** Shows a run as it goes: one line for each turn and test, and on a terminal what it is doing right now. */
export class Progress {
  /** By board, in the order in which they were first heard of; '' where there is one only. */
  private readonly statuses = new Map<string, string>();
  private readonly width: number;

  /** @param boards - Names that begin each line; none: there is one board only. */
  constructor(
    private readonly output: ProgressOutput,
    private readonly colours: ReturnType<typeof pc.createColors>,
    boards: readonly string[] = [],
  ) {
    this.width = Math.max(0, ...boards.map((name) => name.length));
  }

  /** @param board - Whom it is of, where there are several. */
  take(message: HostMessage, board = ''): void {
    const line = (text: string): void => this.line(text, board);
    switch (message.type) {
      case 'activity':
        this.show(message.text, board);
        break;
      case 'warning':
        line(this.colours.yellow(`! ${message.text}`));
        break;
      case 'note':
        line(message.text);
        break;
      case 'turn':
        line(this.turnLine(message.turn));
        break;
      case 'test': {
        const { name, status, failures } = message.test;
        const mark = {
          passed: this.colours.green('✓'),
          failed: this.colours.red('✗'),
          skipped: this.colours.yellow('○'),
        }[status];
        line(`${mark} ${name.join(' › ')}`);
        const [failure] = failures;
        if (failure !== undefined) line(this.colours.dim(`    ${firstSentence(failure)}`));
        break;
      }
      case 'unrecorded':
        this.line(firstSentence(message.finding.message));
        break;
      case 'rested':
      case 'stored':
      case 'ready':
      case 'failed':
      case 'closed':
      case 'file':
      case 'room-left':
      case 'wish':
        break;
    }
  }

  line(text: string, board = ''): void {
    this.clear();
    const whose = this.width === 0 ? '' : `${this.colours.cyan(board.padEnd(this.width))} `;
    const lines = text.split('\n').map((one) => `${whose}${one}\n`);
    this.output.write(lines.join(''));
    this.redraw();
  }

  /** Takes the status line away; call before printing anything else. */
  end(): void {
    this.clear();
    this.statuses.clear();
  }

  /** Takes what a board is doing out of the status line. */
  done(board: string): void {
    this.clear();
    this.statuses.delete(board);
    this.redraw();
  }

  private turnLine(turn: TurnProgress | TextTurnProgress): string {
    const { green, red, yellow, dim } = this.colours;
    const [finding] = turn.findings;
    const outcome =
      finding === undefined ? green('ok') : (finding.origin === 'board' ? red : yellow)(finding.code);
    const [asked, measure, took, came] = columnsOf(turn);
    return `  ${dim(turn.turnId)}  ${asked.padEnd(18)} ${dim(measure)} ${took.padEnd(18)} ${came.padEnd(14)} ${outcome}`;
  }

  private show(text: string, board: string): void {
    this.statuses.set(board, text);
    if (this.output.columns === undefined) return;
    this.clear();
    this.redraw();
  }

  private clear(): void {
    if (this.output.columns !== undefined) this.output.write('\r\u001b[2K');
  }

  private redraw(): void {
    const { columns } = this.output;
    if (columns === undefined || this.statuses.size === 0) return;
    const all = [...this.statuses].map(([board, text]) => (board === '' ? text : `${board}: ${text}`));
    // Of several boards each has its share of the line.
    const share = Math.floor((columns - 3) / all.length) - (all.length > 1 ? 3 : 0);
    const shown = all.map((text) => text.slice(0, Math.max(1, share))).join(' │ ');
    this.output.write(this.colours.dim(`… ${shown}`.slice(0, columns - 1)));
  }
}

/** What failed, of all that a test says of it. */
export const firstSentence = (failure: string): string =>
  (failure.split('\n').find((line) => line.trim() !== '') ?? '').replace(/^[A-Z]\w*Error: /, '');
