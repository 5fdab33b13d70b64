export * from '../../proving-ground/simulation/synthetic-turn';
export type { Spoken } from '../../proving-ground/simulation/spoken';
