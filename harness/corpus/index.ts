export { checkScenario } from './check-scenario';
export { corpusSha256, readSpeechClip } from './clips';
export { loadCorpus } from './load-corpus';
export { annotateWav, type AnnotatedWav, type ClipAnnotation } from './annotate-wav';
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
