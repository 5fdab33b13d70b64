/** A voice board connects to its provider, declares its tools and greets. */
import { describe, expect, test } from 'earshot';

describe('session and greeting', () => {
  test('opens a session by itself and declares its tools', async ({ board }) => {
    const { tools } = await board.newSession();
    const functions = board.dialect.capabilities.filter((capability) => /^[A-Z]/.test(capability));
    expect(tools).toEqual(expect.arrayContaining(functions));
  });

  test('greets aloud', { needs: ['greeting', 'audio'] }, async ({ board }) => {
    const { greeting, greetingLevelDbFs } = await board.newSession();
    expect(greeting.join(' ')).toMatch(/\S/);
    expect(greetingLevelDbFs).toBeGreaterThan(-50);
  });
});
