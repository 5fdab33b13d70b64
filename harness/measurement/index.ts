export { advertisedTools, notAdvertised } from './advertised-tools';
export { DeviceClocks, type DeviceClock, type LoggedInstant } from './device-clock';
export { wasCutShort } from './diagnose-session';
export { diagnoseTurn } from './diagnose-turn';
export {
  distributionOf,
  type Distribution,
  type QuantileEstimate,
  type SelfCheckSummary,
} from './distribution';
export { notMeasured, type Measured, type NotMeasuredReason } from './measured';
export { measureTurn } from './measure-turn';
export type { TurnSound } from './turn-evidence';
export {
  measureNames,
  measures,
  partNames,
  soundMeasureNames,
  textMeasureNames,
  type MeasureDeclaration,
  type MeasureName,
  type SoundMeasureName,
  type TextMeasureName,
} from './measures';
export { isSoundTurn, isTextTurn, type MeasuredTurn, type SoundTurn, type TextTurn } from './measured-turn';
export {
  diagnoseTextTurn,
  measureTextTurn,
  type AnswerCheck,
  type TextMark,
  type TextTurnMeasurement,
} from './text';
export { countedSpans, type CountedSpan } from './counted-spans';
export { quantile } from './quantile';
export { isOfKind, turnKinds, turnKindTitles, type KindEvidence, type TurnKind } from './turn-kind';
export type { Breaks, ReplyQuality, ReplyStretch } from './reply-quality';
export { selfCheck, summariseSelfCheck } from './self-check';
export type { TakeFault, TakeQuality } from './take-quality';
export type {
  CallHops,
  CallObservation,
  EchoCheck,
  DeviceMark,
  Hop,
  InterruptionObservation,
  Mark,
  MeasurementMethods,
  PromptWitness,
  ReplyCheck,
  SelfCheck,
  TurnMeasurement,
} from './turn-measurement';
export { restartWhileResting } from './diagnose-restart';
