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
}

/** Prompts differ by a tenth of the median in all. */
const PROMPT_SPREAD = 0.1;

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
  const { medianMs, logDeviation, sessionMs, turnsPerSession } = model;
  const arm: ArmTurn[] = [];
  let ofSessionMs = 0;
  let driftMs = 0;
  for (let index = 0; index < turns; index += 1) {
    const prompt = index % turnsPerSession;
    if (prompt === 0) {
      ofSessionMs = sessionMs * normal();
      driftMs += (model.driftMs ?? 0) * normal();
    }
    const ofPrompt = 1 + PROMPT_SPREAD * (prompt / turnsPerSession - 0.5);
    const slow = uniform() < (model.heavyShare ?? 0) ? 1 + 2 * uniform() : 1;
    const ownMs = medianMs * ofPrompt * slow * Math.exp(logDeviation * normal());
    const missing = uniform() < (model.missingShare ?? 0);
    arm.push({
      valueMs: missing ? Infinity : ownMs + ofSessionMs + driftMs + shiftMs,
      session: String(Math.floor(index / turnsPerSession)),
      stratum: String(prompt),
    });
  }
  return arm;
}
