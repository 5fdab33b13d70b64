/** A board boots into its application once, says why it was reset and which image it runs, stays up, and takes commands on its console. */
import { describe, expect, test } from 'earshot';

/** A boot loop of the second-stage bootloader takes less than a second a round, one of the application a few. */
const WATCHED_FOR_MS = 3_000;

describe('boot and console', () => {
  test('reaches its application after a reset', { needs: ['boot-log'] }, async ({ board }) => {
    const { firstLine } = await board.reset();
    const banner = await board.expectLine(/ESP-ROM:esp32s3-\d{8}/, { withinMs: 1_000, from: firstLine });
    const cause = await board.expectLine(/rst:0x[0-9a-f]+ \(\w+\),boot:0x[0-9a-f]+ \(SPI_FAST_FLASH_BOOT\)/, {
      withinMs: 1_000,
      from: banner.index,
    });
    const app = await board.expectLine(/Calling app_main\(\)/, { withinMs: 15_000, from: cause.index });
    expect(app.boot).toBe(banner.boot);
  });

  test('boots once, by the reset that was asked for, and stays up', async ({ board }) => {
    const { firstLine } = await board.reset();
    const boots = await board.boots({ from: firstLine, forMs: WATCHED_FOR_MS });
    expect(boots).toHaveStayedUp();
    const { startedBy, milestones } = boots.at(-1) ?? {};
    expect(startedBy).toBe('ordered');
    const order = ['app', 'network', 'connecting'];
    const places = milestones?.map(({ milestone }) => order.indexOf(milestone));
    expect(places).toEqual([...(places ?? [])].sort());
    expect(milestones?.[0]?.milestone).toBe('app');
  });

  // With `image` in the bench file a board that runs another one ends this, and every other test, as not judged.
  test('names the image that runs', { needs: ['boot-log'] }, async ({ board }) => {
    const { firmware, firstLine } = await board.newSession();
    expect(firmware?.project).toMatch(/\S/);
    expect(firmware?.elfSha256Prefix).toMatch(/^[0-9a-f]{8,}$/);
    expect(await board.boots({ from: firstLine })).toHaveStayedUp();
  });

  test('lists its commands', { needs: ['console-input'] }, async ({ board }) => {
    const { firstLine } = await board.send('help');
    const { capabilities } = board.dialect;
    const ofSessions = capabilities.includes('session-commands') ? ['start', 'stop'] : [];
    const ofText = capabilities.includes('text') ? ['ask'] : [];
    for (const command of [...ofSessions, ...ofText, 'wifi', 'assert']) {
      await board.expectLine(new RegExp(`^${command}\\b`), { withinMs: 3_000, from: firstLine });
    }
  });

  test('says so when it does not know a command', { needs: ['console-input'] }, async ({ board }) => {
    const { firstLine } = await board.send('no-such-command');
    await board.expectLine(/Unrecognized command/, { withinMs: 3_000, from: firstLine });
  });
});
