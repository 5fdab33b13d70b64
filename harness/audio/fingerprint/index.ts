export { recogniseUtterance, type UtteranceMatch } from './recognise';
export { fingerprintTemplate, type FingerprintTemplate, type TemplateSource } from './template';
export type { SampleSpan } from './waveform-check';
