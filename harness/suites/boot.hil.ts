/** A board boots into its application, says which image it runs, and takes commands on its console. */
import { describe, expect, test } from 'earshot';

describe('boot and console', () => {
  test('reaches its application after a reset', { needs: ['boot-log'] }, async ({ board }) => {
    const { firstLine } = await board.reset();
    const banner = await board.expectLine(/ESP-ROM:esp32s3-\d{8}/, { withinMs: 1_000, from: firstLine });
    const app = await board.expectLine(/Calling app_main\(\)/, { withinMs: 15_000, from: firstLine });
    expect(app.boot).toBe(banner.boot);
  });

  test('names the image that runs', { needs: ['boot-log'] }, async ({ board }) => {
    const { firmware } = await board.newSession();
    expect(firmware?.project).toMatch(/\S/);
    expect(firmware?.elfSha256Prefix).toMatch(/^[0-9a-f]{8,}$/);
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
