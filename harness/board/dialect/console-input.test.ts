import { onBoard } from './console-input';
import { openaiDemo, openaiDemoBeta } from './openai-demo';

const typed = ['console-input', 'session-commands', 'crash-command'];

it('leaves a dialect as it is on a board that reads its console', () => {
  expect(onBoard(openaiDemo, undefined)).toBe(openaiDemo);
  expect(onBoard(openaiDemoBeta, true)).toBe(openaiDemoBeta);
});

it.each([
  ['the AtomS3R fork, whose board reads nothing', openaiDemoBeta, undefined],
  ['the demo on a connector that is output only', openaiDemo, false],
])('takes what has to be typed away from %s', (_, dialect, readsConsole) => {
  const { startCommand, stopCommand, description } = onBoard(dialect, readsConsole);
  expect([startCommand, stopCommand]).toEqual([undefined, undefined]);
  expect(description.capabilities).toEqual(
    dialect.description.capabilities.filter((capability) => !typed.includes(capability)),
  );
  expect(description.capabilities).toContain('boot-log');
});
