import type { ArmTurn } from '../../verdict';

/** How the latencies of a board on a bench are spread. */
export interface LatencyModel {
  readonly name: string;
  readonly medianMs: number;
  /** Standard deviation of the logarithm, within a session. */
  readonly logDeviation: number;
  /** Standard deviation between sessions. */
  readonly sessionMs: number;
  readonly turnsPerSession: number;
  /** Share of turns that take 1 to 3 times as long. */
  readonly heavyShare?: number;
  /** Share of turns without an answer. */
  readonly missingShare?: number;
  /** Standard deviation of what the bench adds from one session to the next, as a random walk that no board has part in. */
  readonly driftMs?: number;
  /** What the bench adds from one session to the next, always the same. */
  readonly slideMs?: number;
}

/** Prompts differ by a tenth of the median in all. */
const PROMPT_SPREAD = 0.1;

/** Plays sessions, one after the other: what the bench does goes on from each to the next, whoever plays. */
class Sessions {
  private driftMs = 0;
  private played = 0;

  constructor(
    private readonly model: LatencyModel,
    private readonly uniform: () => number,
    private readonly normal: () => number,
  ) {}

  /** @param shiftMs - By how much the firmware is slower than the model. */
  play(turns: number, shiftMs: number): ArmTurn[] {
    const { model, uniform, normal } = this;
    const { medianMs, logDeviation, sessionMs, turnsPerSession } = model;
    const ofSessionMs = sessionMs * normal();
    this.driftMs += (model.driftMs ?? 0) * normal() + (model.slideMs ?? 0);
    const session = String(this.played);
    this.played += 1;
    return Array.from({ length: turns }, (_, prompt): ArmTurn => {
      const ofPrompt = 1 + PROMPT_SPREAD * (prompt / turnsPerSession - 0.5);
      const slow = uniform() < (model.heavyShare ?? 0) ? 1 + 2 * uniform() : 1;
      const ownMs = medianMs * ofPrompt * slow * Math.exp(logDeviation * normal());
      const missing = uniform() < (model.missingShare ?? 0);
      return {
        valueMs: missing ? Infinity : ownMs + ofSessionMs + this.driftMs + shiftMs,
        session,
        stratum: String(prompt),
      };
    });
  }
}

/**
 * Turns of one arm in the order in which they were played, in whole sessions but for the last.
 * @param shiftMs - By how much the firmware is slower than the model.
 */
export function playArm(
  model: LatencyModel,
  turns: number,
  shiftMs: number,
  uniform: () => number,
  normal: () => number,
): ArmTurn[] {
  const sessions = new Sessions(model, uniform, normal);
  const arm: ArmTurn[] = [];
  while (arm.length < turns)
    arm.push(...sessions.play(Math.min(model.turnsPerSession, turns - arm.length), shiftMs));
  return arm;
}

/** Two arms that one bench played. */
export interface PlayedArms {
  readonly reference: readonly ArmTurn[];
  readonly candidate: readonly ArmTurn[];
}

/**
 * Both arms on one bench, in whole sessions.
 * @param order - `turns`: in pairs of sessions, in an order that is drawn for each; `after`: all of the candidate after all of the reference.
 */
export function playArms(
  model: LatencyModel,
  turns: number,
  shiftMs: number,
  {
    order,
    uniform,
    normal,
  }: { readonly order: 'turns' | 'after'; readonly uniform: () => number; readonly normal: () => number },
): PlayedArms {
  const sessions = new Sessions(model, uniform, normal);
  const arms = { reference: [] as ArmTurn[], candidate: [] as ArmTurn[] };
  const play = (arm: keyof PlayedArms, pair: number): void => {
    const played = sessions.play(model.turnsPerSession, arm === 'candidate' ? shiftMs : 0);
    arms[arm].push(...played.map((turn) => (order === 'turns' ? { ...turn, pair: String(pair) } : turn)));
  };
  const pairs = Math.ceil(turns / model.turnsPerSession);
  if (order === 'turns') {
    for (let pair = 0; pair < pairs; pair += 1) {
      const [first, second] =
        uniform() < 0.5 ? (['reference', 'candidate'] as const) : (['candidate', 'reference'] as const);
      play(first, pair);
      play(second, pair);
    }
  } else {
    for (const arm of ['reference', 'candidate'] as const)
      for (let at = 0; at < pairs; at += 1) play(arm, at);
  }
  return arms;
}
