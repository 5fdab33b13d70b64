/** The prompt of esp_console as every dialect here configures it. */
export const PROMPT = 'esp> ';
// A carriage return before the prompt is smart mode drawing the line again; what stood there is the same text.
const PROMPT_PREFIX = /^(?:.*\r)?(?:esp> )+/s;

/** Text without the REPL prompts at its beginning, any number of them: logs land on the prompt's line. */
export const stripPrompts = (text: string): string =>
  text.includes(PROMPT) ? text.replace(PROMPT_PREFIX, '') : text;
