import { performance } from 'node:perf_hooks';
import { measureNames, notMeasured, type Measured, type MeasureName } from '../../measurement';
import { seededNormal, seededUniform } from '../../units';
import { armsOfTurns, judgeRun, type JudgedTurn } from '../../verdict';
import { playArm, type LatencyModel } from './latency-model';
import type { GateTarget } from './gate-report';

/** Issue 8: a decision on 10 000 turns. */
const TURNS = 10_000;
const MOST_MS = 2_000;

function turnsOf(model: LatencyModel, seed: number): JudgedTurn[] {
  const uniform = seededUniform(seed);
  const none = Object.fromEntries(measureNames.map((name) => [name, notMeasured('no-call')])) as Record<
    MeasureName,
    Measured
  >;
  return playArm(model, TURNS, 0, uniform, seededNormal(uniform)).map(
    ({ valueMs, session, stratum }, index) => {
      const whole: Measured = { state: 'measured', valueMs, uncertaintyMs: 0.1 };
      const part: Measured = { state: 'measured', valueMs: valueMs / 5, uncertaintyMs: 0.1 };
      const parts = { uplink: part, endpointing: part, ttfa: part, replyLeadIn: part, downlink: part };
      return {
        record: {
          turnId: `t${index}`,
          endedAtHostMs: index,
          faults: [],
          session: Number(session),
          turnInSession: 2,
          prompt: { id: stratum },
        },
        measurement: { measures: { ...none, ...parts, voiceToVoice: whole } },
      };
    },
  );
}

/** How long a verdict of two runs of 10 000 turns takes, budgets aside. */
export function gateSpeed(model: LatencyModel): GateTarget {
  const arms = armsOfTurns(turnsOf(model, 1), []);
  const turns = turnsOf(model, 2);
  const startedAtMs = performance.now();
  judgeRun({
    turns,
    findings: [],
    budgets: undefined,
    interrupted: false,
    reference: { title: 'the baseline', arms, marginMs: 30 },
  });
  const value = performance.now() - startedAtMs;
  return { name: `decision on ${TURNS} turns`, value, unit: 'ms', bound: MOST_MS, ok: value <= MOST_MS };
}
