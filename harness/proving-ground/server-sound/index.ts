export { readBoardRecord, type BoardRecord } from './board-record';
export { serverSoundReport, type ServerSoundReport, type ServerSoundTarget } from './report';
export { turnTruth, type TurnTruth } from './turn-truth';
