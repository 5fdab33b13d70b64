import {
  distributionOf,
  isOfKind,
  measureNames,
  notMeasured,
  turnKinds,
  type Distribution,
  type Measured,
  type MeasureName,
  type TurnKind,
} from '../measurement';
import type { Topology } from '../ports';
import type { JudgedTurn, TurnJudgement } from './turn-outcome';
import type { Distributions, TopologyShare } from './verdict';

/** Best first: what decides between topologies of equally many turns. */
const topologies: readonly Topology[] = ['loopback', 'virtual', 'bleed', 'timestamps'];

/** A turn with what was made of it. */
export interface CountedTurn {
  readonly turn: JudgedTurn;
  readonly judgement: TurnJudgement;
}

/**
 * Which topology the distributions of a run are of: that of most good takes. Undefined where no turn says.
 */
export function topologyOf(turns: readonly CountedTurn[]): TopologyShare | undefined {
  const good = turns.filter(({ judgement }) => judgement.goodTake);
  const shares = topologies
    .map((topology) => ({
      topology,
      turns: good.filter(({ turn }) => turn.measurement.topology === topology).length,
    }))
    .filter((share) => share.turns > 0);
  const [first] = [...shares].sort((a, b) => b.turns - a.turns);
  if (first === undefined) return undefined;
  return { counted: first.topology, leftOut: shares.filter(({ topology }) => topology !== first.topology) };
}

/**
 * Distributions over the turns that know the measure; bad takes and turns of another topology stay out of them and are counted
 * as not measured.
 */
export function distributionsOf(
  turns: readonly CountedTurn[],
  topology: Topology | undefined,
): Record<MeasureName, Distribution> {
  const measuredOf = (name: MeasureName, { turn, judgement }: CountedTurn): Measured | [] => {
    const { topology: own, measures } = turn.measurement;
    const measured = measures[name];
    // A survey is no sample of anything.
    if (measured === undefined || turn.record.survey === true) return [];
    if (!judgement.goodTake) return notMeasured('bad-take');
    return own === undefined || own === topology ? measured : notMeasured('other-topology');
  };
  const of = (name: MeasureName): Distribution =>
    distributionOf(turns.flatMap((turn) => measuredOf(name, turn)));
  return Object.fromEntries(measureNames.map((name) => [name, of(name)])) as Record<
    MeasureName,
    Distribution
  >;
}

/** The same for each kind of turn apart. */
export const distributionsByKind = (
  turns: readonly CountedTurn[],
  topology: Topology | undefined,
): Record<TurnKind, Distributions> =>
  Object.fromEntries(
    turnKinds.map((kind) => [
      kind,
      distributionsOf(
        turns.filter(({ turn }) => isOfKind(kind, turn)),
        topology,
      ),
    ]),
  ) as Record<TurnKind, Distributions>;
