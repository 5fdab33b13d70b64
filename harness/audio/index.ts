export { spectrogramOf, type Spectrogram } from './spectrogram';
export { activeSpeechLevel, type ActiveSpeech } from './active-speech-level';
export { annotateSpeech, speechLevels, type SpeechAnnotation, type SpeechLevels } from './annotate';
export {
  AUDIO_LINK_SCHEMA,
  AudioLinkDecoder,
  encodeAudioLinkFrame,
  type AudioLinkFrame,
  type AudioLinkHello,
  type AudioLinkWelcome,
  type LinkTruth,
  type MicBlock,
  type RtpSamples,
  type SpeakerBlock,
  type SpeakerSpan,
  type UplinkMark,
} from './audio-link';
export {
  ConvolverInput,
  PartitionedConvolver,
  partitionsOf,
  type ConvolverPath,
} from './partitioned-convolver';
export { bandLimitToSpeech } from './band-limit';
export { framedSpeech, levelledSpeech, type LevelledSpeech, type SpeechFrame } from './clip-frame';
export { decodeG711, encodeG711, type G711Law } from './g711';
export { energyOf, noiseFloorDbFs, peakDbFs, rmsDbFs } from './levels';
export { ClipShelf } from './clip-shelf';
export type { MultiChannelClip, PcmClip } from './pcm-clip';
export { RateConverter } from './rate-converter';
export { resample, resampleToPlay } from './resample';
export { convolved, roomResponse } from './room-response';
export { underConditions, type ConditionedSound, type SoundConditions } from './under-conditions';
export { readWav, toPcm16, writeWav } from './wav';
export { readWavLayout, type WavLayout } from './wav-chunks';
export { align, type Alignment } from './align';
export type { Break } from './continuity';
export { locate, SearchableSound, type LocateOptions, type Location } from './locate';
export { signalOf, spectrumOf, transformSize, type HalfSpectrum } from './spectrum';
export { listeningCopy } from './listening-copy';
export { timeScaled } from './time-scale';
export {
  fingerprintTemplate,
  recogniseUtterance,
  type FingerprintTemplate,
  type SampleSpan,
  type TemplateSource,
  type UtteranceMatch,
} from './fingerprint';
export { bandEdgeHz } from './quality/band-edge';
export { clipping, type Clipping } from './quality/clipping';
export { crossSpectrum, type CrossSpectrum, type FollowedStretch } from './quality/cross-spectrum';
export { followedStretches } from './quality/followed-stretches';
export { projection, siSdrDb, type Projection } from './quality/si-sdr';
export { wrongRate, type WrongRate } from './quality/wrong-rate';
export {
  detectOnset,
  loadVoiceActivityDetector,
  type DetectedOnset,
  type DetectOnsetOptions,
  type FoundOnset,
  type OnsetMiss,
  type PromptInSound,
  type VoiceActivityDetector,
} from './onset';
export { concealedStretches } from './concealment';
export { coherentEnd, type CoherentEnd } from './coherent-end';
export { fitLinearPath, throughPath, type LinearPath } from './linear-path';
