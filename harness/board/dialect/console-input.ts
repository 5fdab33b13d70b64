import type { Capability } from '../../ports';
import type { Dialect } from './dialect';

/** What needs somebody who reads what is typed. */
const typed: ReadonlySet<Capability> = new Set(['console-input', 'session-commands', 'crash-command']);

/**
 * The dialect as it is on a board whose firmware does not read what comes in on this connector: no commands, and the capabilities
 * that need them are missing.
 * @param readsConsole - Undefined: what the dialect says of its boards.
 */
export function onBoard(dialect: Dialect, readsConsole: boolean | undefined): Dialect {
  if (readsConsole ?? dialect.readsConsole ?? true) return dialect;
  const { description, prompt, project, startsByItself } = dialect;
  return {
    prompt,
    project,
    startsByItself,
    description: {
      ...description,
      capabilities: description.capabilities.filter((capability) => !typed.has(capability)),
    },
    createReader: () => dialect.createReader(),
  };
}
