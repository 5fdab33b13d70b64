export { checkScenario } from './check-scenario';
export { corpusSha256, readSpeechClip } from './clips';
export { loadCorpus } from './load-corpus';
export { annotateWav, type AnnotatedWav, type ClipAnnotation } from './annotate-wav';
export { idOfFile, newClip, type ClipWords } from './clip-words';
export { CORPUS_LEVEL_DBFS, prepareClip, type PreparedClip } from './prepare-clip';
export { changeOf, licenceFor, storeClips, type ClipChange, type ClipToStore } from './store-clips';
export { readTranscripts, transcriptOf, type Transcripts } from './transcripts';
export { checkClips, differingFields, type ClipDifference } from './check-clips';
export {
  fileInManifest,
  kindOfFolder,
  manifestPathOf,
  readManifest,
  writeClips,
  type Manifest,
  type ManifestClip,
} from './manifest';
