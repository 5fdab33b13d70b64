export { checkScenario } from './check-scenario';
export { corpusSha256, readSpeechClip } from './clips';
export { loadCorpus } from './load-corpus';
