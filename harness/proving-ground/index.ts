export { convolved, roomResponse } from './room';
export { derivedSeed, seededNormal, seededUniform } from './seeded';
export { syntheticTurn, type SyntheticTurn, type SyntheticTurnOptions } from './simulation/synthetic-turn';
export type { NoiseKind } from './simulation/noise';
export type { Spoken } from './simulation/spoken';
