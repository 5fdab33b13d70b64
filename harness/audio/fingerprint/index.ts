export { decide, rankTemplates, recogniseUtterance, type Candidate, type UtteranceMatch } from './recognise';
export { fingerprintTemplate, type FingerprintTemplate, type TemplateSource } from './template';
