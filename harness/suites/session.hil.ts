/** A voice board connects to its provider, declares its tools and greets. */
import { describe, expect, test } from 'earshot';

describe('session and greeting', () => {
  test(
    'opens a session by itself and declares its tools',
    { watched: true, needs: ['audio'] },
    async ({ board }) => {
      const { capabilities, unadvertised = [] } = board.dialect;
      // What is known to be missing fails where it is called.
      const functions = capabilities.filter((one) => /^[A-Z]|[._]/.test(one) && !unadvertised.includes(one));
      expect(await board.newSession()).toHaveDeclared(functions);
    },
  );

  test('greets aloud', { watched: true, needs: ['greeting', 'audio'] }, async ({ board }) => {
    expect(await board.newSession()).toHaveGreetedAloud();
  });
});
