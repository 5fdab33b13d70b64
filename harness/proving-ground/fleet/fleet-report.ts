import { fleetModels, type FleetModel } from './fleet-model';
import { simulateFleet, type FleetReport } from './simulate-fleet';

/** Issue 10: boards work for nine tenths of their time, and a gate waits for less than a unit takes. */
const LEAST_PLAYING = 0.9;

export interface FleetTarget {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bound: number;
  readonly ok: boolean;
}

export interface FleetReports {
  readonly fleets: readonly FleetReport[];
  readonly targets: readonly FleetTarget[];
}

function targetsOf(report: FleetReport): FleetTarget[] {
  const { model, playing, meanUnitMs, waits, acceptedTwice, lost } = report;
  const gateMs = waits.find(({ priority }) => priority === 'gate')?.p95Ms ?? Infinity;
  const atMost = (name: string, value: number, unit: string, bound: number): FleetTarget => ({
    name: `${model}: ${name}`,
    value,
    unit,
    bound,
    ok: value <= bound,
  });
  return [
    {
      name: `${model}: share of time in which boards play`,
      value: playing,
      unit: '',
      bound: LEAST_PLAYING,
      ok: playing >= LEAST_PLAYING,
    },
    atMost('wait of gate units, p95', gateMs, 'ms', Math.round(meanUnitMs)),
    atMost('pieces accepted twice', acceptedTwice, '', 0),
    atMost('pieces lost', lost, '', 0),
  ];
}

/** Simulates fleets, one after the other. @param models - Default: those of issue 10. */
export async function tryFleets(models: readonly FleetModel[] = fleetModels): Promise<FleetReports> {
  const fleets: FleetReport[] = [];
  for (const model of models) fleets.push(await simulateFleet(model));
  return { fleets, targets: fleets.flatMap(targetsOf) };
}
