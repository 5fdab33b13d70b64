export { openaiDemo, openaiDemoBeta } from './dialects';
