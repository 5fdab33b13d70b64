export { allureInput, type AllureInput } from './allure/allure-input';
export { isResultFile, type AllureFile } from './allure/allure-result';
export { enrichAllure } from './allure/enrich-allure';
export { quietPage } from './allure/quiet-page';
export { renderConsole, type ConsoleOptions } from './console/render-console';
export { githubAnnotations, gitlabCodeQuality } from './gate/annotations';
export { renderGate } from './gate/gate-summary';
export { renderBadge } from './history/badge';
export { renderHistory, type HistoryOptions } from './history/history-page';
export { trendsOf, type Release, type Trend } from './history/releases';
export { renderClipPlot, type ReviewedClip, type SpeechEnds } from './html/clip-plot';
export { renderHtml, renderHtmlPieces, withoutRecordings, type HtmlOptions } from './html/render-html';
export type { Language } from './language';
export type { InlineAudio } from './html/turn-detail';
export type { SoundOfTurn } from './html/turn-list';
export { peaksOf, summariseSound, type TurnSoundSummary } from './html/turn-sound';
export { renderJunit } from './junit/render-junit';
export { renderMarkdown } from './markdown/render-markdown';
export { quarantineNotes } from './quarantine-notes';
export { renderProbePage } from './probe/probe-page';
export {
  compareProbe,
  spreadOf,
  summariseProbe,
  type ProbeComparison,
  type ProbedProvider,
  type ProbeReport,
  type ProbeTurn,
} from './probe/probe-report';
export { renderProbeTable } from './probe/probe-table';
