export { enrichAllure, type AllureFile } from './allure/enrich-allure';
export { renderConsole, type ConsoleOptions } from './console/render-console';
export { renderJunit } from './junit/render-junit';
export { renderMarkdown } from './markdown/render-markdown';
