/** A voice board connects to its provider, declares its tools and greets. */
import { describe, expect, test } from 'earshot';

describe('session and greeting', () => {
  test('opens a session by itself and declares its tools', { needs: ['audio'] }, async ({ board }) => {
    const functions = board.dialect.capabilities.filter((capability) => /^[A-Z]/.test(capability));
    expect(await board.newSession()).toHaveDeclared(functions);
  });

  test('greets aloud', { needs: ['greeting', 'audio'] }, async ({ board }) => {
    expect(await board.newSession()).toHaveGreetedAloud();
  });
});
