import type { FaultDesk } from '../../faults/fault-desk';
import type { Delays } from '../../script/delays';
import type { ProviderFault, ScenarioText } from '../../../ports';

/** Waits of one written answer, drawn as it goes. */
export class TextPace {
  private started = false;

  constructor(
    private readonly text: ScenarioText,
    private readonly delays: Delays,
    /** Instead of the wait for the first token; undefined: as drawn. */
    private readonly slowMs: number | undefined,
  ) {}

  /** Milliseconds before the next token, the first one included. */
  nextMs(): number {
    if (this.started) return this.delays.draw(this.text.betweenTokensMs);
    this.started = true;
    return this.slowMs ?? this.delays.draw(this.text.firstTokenMs);
  }
}

/** The pace of one answer, slow where the fault `slow-first-token` says so. */
export const paceOf = (
  context: {
    readonly scenario: { readonly text: ScenarioText };
    readonly delays: Delays;
    readonly faults: FaultDesk;
    readonly slowFirstTokenMs: number;
  },
  fault?: ProviderFault,
): TextPace =>
  new TextPace(
    context.scenario.text,
    context.delays,
    context.faults.has('slow-first-token', fault) ? context.slowFirstTokenMs : undefined,
  );
