export { playTurn, type TurnPlan } from './play-turn';
export { settle } from './settle';
export { SpeakerWatch } from './speaker-watch';
export type { TurnBench, TurnTiming } from './turn-bench';
