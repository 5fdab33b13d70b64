export { checkScenario } from './check-scenario';
export { clipById, clipsOfUtterance, corpusSha256, readSpeechClip } from './clips';
export { loadCorpus } from './load-corpus';
