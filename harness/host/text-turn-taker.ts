import type { OpenBench, VirtualFault } from '../bench';
import { ConfigError } from '../errors';
import { diagnoseTextTurn, measureTextTurn } from '../measurement';
import type { NetworkShape, ProviderFault, SpeechClip, TextTurnRecord } from '../ports';
import { askTurn, type AskPlan, type TextBench, type TextTiming } from '../turn';
import type { BenchHealth } from './bench-health';
import { breakWhatIsDue } from './due-faults';
import type { FindingLog } from './finding-log';
import { withTriage } from './triaged-turn';
import type { TextTurnResult } from './rpc/protocol';
import type { TakeLimits } from './take-ledger';
import type { TextSessions } from './text-sessions';
import { turnIdOf } from './turn-taker';
import type { TurnKeeping } from './turn-keeping';

/** What goes wrong in turns by order of the bench file. */
export interface StandingOrders {
  /** `provider.faults`. */
  readonly faults: readonly ProviderFault[];
  /** `provider.network` makes the link to the provider worse than it is. */
  readonly network: boolean;
}

/** Takes turns in writing one after the other, has them measured and diagnosed, and stores them. */
export class TextTurnTaker {
  private count = 0;
  private busy = false;

  constructor(
    private readonly bench: OpenBench,
    private readonly textBench: TextBench,
    private readonly timing: TextTiming & Pick<TakeLimits, 'retakes'>,
    private readonly orders: StandingOrders,
    private readonly sessions: TextSessions,
    private readonly keeping: TurnKeeping,
    private readonly findings: FindingLog,
    private readonly health: BenchHealth,
    private readonly faults: readonly VirtualFault[],
  ) {}

  /**
   * One turn with this prompt typed, or with a reset where the board asks by itself. One in which the bench stood still is stored and repeated.
   * @param fault - What the provider is to do wrong in this turn.
   * @param network - How the link to the provider is in this turn, and in no other.
   * @throws HilError of the part that broke before the board was asked; `HIL_CORPUS_UNKNOWN_CLIP` for a prompt that is none of
   * the corpus; `HIL_CONFIG_USAGE` for a second turn at a time, and for a prompt where the board asks by itself or none where it
   * does not.
   */
  async ask(
    promptId: string | undefined,
    fault: ProviderFault | undefined,
    network?: NetworkShape,
  ): Promise<TextTurnResult> {
    const prompt = this.promptOf(promptId);
    if (this.busy)
      throw new ConfigError('HIL_CONFIG_USAGE', 'A turn is going on; a board takes one at a time.');
    this.busy = true;
    try {
      for (let takes = 1; ; takes += 1) {
        const record = await withTriage(
          this.bench.crashes,
          await this.health.attend(() => this.take(prompt, fault, network)),
        );
        if (record.faults.length > 0) this.sessions.spoil();
        const measurement = measureTextTurn(record);
        const findings = diagnoseTextTurn(record);
        const isKept = await this.keeping.append(
          { record, measurement },
          findings.length === 0 && record.faults.length === 0,
        );
        const isSpoilt = findings.some(({ code }) => code === 'HIL_TURN_BENCH_STALLED');
        if (isSpoilt && takes <= this.timing.retakes) continue;
        for (const finding of findings) this.findings.record(finding);
        return { record, measurement, findings, ...(isKept ? {} : { letGo: true }) };
      }
    } finally {
      this.busy = false;
    }
  }

  private promptOf(promptId: string | undefined): SpeechClip | undefined {
    const { board, corpus } = this.bench;
    const { asksAtBoot } = this.sessions;
    if (asksAtBoot !== (promptId === undefined)) {
      const message = asksAtBoot
        ? `Board ${board.name} asks a question of its own after each boot and takes no other: ask() without a prompt.`
        : `Board ${board.name} has to be asked something: ask() needs a prompt.`;
      throw new ConfigError('HIL_CONFIG_USAGE', message, { board: board.name, promptId });
    }
    if (promptId === undefined) return undefined;
    const prompt = corpus.prompts.get(promptId);
    if (prompt !== undefined) return prompt;
    throw new ConfigError('HIL_CORPUS_UNKNOWN_CLIP', `The corpus has no prompt "${promptId}".`, { promptId });
  }

  private async take(
    prompt: SpeechClip | undefined,
    fault: ProviderFault | undefined,
    network: NetworkShape | undefined,
  ): Promise<TextTurnRecord> {
    if (prompt === undefined) return this.sessions.restart(() => this.askOnce(prompt, fault, network));
    await this.sessions.ensure();
    return this.askOnce(prompt, fault, network);
  }

  private askOnce(
    prompt: SpeechClip | undefined,
    fault: ProviderFault | undefined,
    network: NetworkShape | undefined,
  ): Promise<TextTurnRecord> {
    this.count += 1;
    const { scenario } = this.bench;
    const { faults, network: isNetworkWorse } = this.orders;
    const plan: AskPlan = {
      turnId: turnIdOf(this.count),
      session: this.sessions.session,
      turnInSession: this.sessions.countTurn(),
      prompt,
      ...(fault === undefined ? {} : { fault }),
      ...(network === undefined ? {} : { network }),
      orderedFor: (utterance) => {
        const turn = scenario.turns.find(({ heard }) => utterance !== undefined && heard.includes(utterance));
        const isWorse = isNetworkWorse || network !== undefined;
        return turn?.fault ?? faults[0] ?? (isWorse ? 'network' : undefined);
      },
      onAsked: () => breakWhatIsDue(this.count, this.faults, this.bench, this.findings),
    };
    return askTurn(this.textBench, this.timing, plan);
  }
}
