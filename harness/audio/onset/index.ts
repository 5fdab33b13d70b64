export {
  detectOnset,
  type DetectedOnset,
  type DetectOnsetOptions,
  type FoundOnset,
  type OnsetMiss,
  type PromptInSound,
} from './detect-onset';
export { loadVoiceActivityDetector, type VoiceActivityDetector } from './voice-activity';
