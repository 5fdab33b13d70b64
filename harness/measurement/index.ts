export type { Distribution, QuantileEstimate, SelfCheckSummary } from './distribution';
export { notMeasured, type Measured, type NotMeasuredReason } from './measured';
export { measureNames, measures, type MeasureDeclaration, type MeasureName } from './measures';
export type {
  CallObservation,
  Mark,
  PromptWitness,
  ReplyCheck,
  SelfCheck,
  TurnMeasurement,
} from './turn-measurement';
