export { advertisedIn } from './advertised';
export { askTurn, type AskPlan } from './ask-turn';
export { sessionTakenAway } from './hung-up';
export { playTurn, type TurnPlan } from './play-turn';
export { settle } from './settle';
export { SpeakerWatch } from './speaker-watch';
export type { TextBench, TextTiming, TurnBench, TurnTiming } from './turn-bench';
