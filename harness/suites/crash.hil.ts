/** A crash is seen the moment it prints, and the bench goes on behind it; by itself a board neither crashes nor restarts. */
import { describe, expect, test } from 'earshot';

describe('crashes', () => {
  // Ordered by the firmware's own command, so a real board can be asked for it as well; one that reads no console cannot.
  test(
    'ends the turn with a crash that was read, and answers the next one',
    { needs: ['audio', 'crash-command'] },
    async ({ board, turn }) => {
      const crashed = await turn('en-joke', { crashAfterMs: 200 });
      expect(crashed).toHaveCrashed();
      const answer = await turn('en-joke');
      expect(answer).toPlayCompletely();
      const [before, after] = await board.boots({ from: crashed.record.consoleLines[0]?.index ?? 0 });
      expect(before?.orderedCrashes).toBe(1);
      expect(after?.startedBy).toBe('ordered');
    },
  );

  test('neither crashes nor restarts while it talks', { needs: ['audio'] }, async ({ board, turn }) => {
    const { record } = await turn('zh-joke');
    expect(await board.boots({ from: record.consoleLines[0]?.index ?? 0 })).toHaveStayedUp();
  });

  test(
    'neither crashes nor restarts while it writes',
    { needs: ['text', 'console-input'] },
    async ({ board, ask }) => {
      const { record } = await ask('en-joke');
      expect(await board.boots({ from: record.consoleLines[0]?.index ?? 0 })).toHaveStayedUp();
    },
  );
});
