export type { AnswerCheck } from './compare-answer';
export { diagnoseTextTurn } from './diagnose-text-turn';
export { measureTextTurn } from './measure-text-turn';
export type { TextMark, TextTurnMeasurement } from './text-turn-measurement';
