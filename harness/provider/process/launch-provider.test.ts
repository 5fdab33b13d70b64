import { fork, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { scenario, smallCorpus } from '../__fixtures__/small-corpus';
import { WireClient } from '../__fixtures__/wire-client';
import { delay, systemClock, type ChildLauncher } from '../../ports';
import { voiceProviderContract } from '../voice-provider.contract';
import { launchProvider } from './launch-provider';
import type { MockProviderInit } from './messages';

const corpus = smallCorpus();
const script = join(mkdtempSync(join(tmpdir(), 'earshot-')), 'provider-child.js');
const launch: ChildLauncher = () => fork(script, { silent: true });
const init: MockProviderInit = {
  scenario,
  prompts: [...corpus.prompts.values()],
  replies: [...corpus.replies.values()],
};
const start = () => launchProvider({ launch, command: ['provider-child'], init, clock: systemClock });

// Once, since a child that compiles its own sources takes three times as long to start.
beforeAll(async () => {
  const entryPoints = [join(__dirname, '../__fixtures__/provider-child.ts')];
  await build({ entryPoints, outfile: script, bundle: true, platform: 'node', logLevel: 'error' });
});

voiceProviderContract('mock in a child process', start);

describe('launchProvider', () => {
  it('tells that the provider died and fails what was pending', async () => {
    const provider = await start();
    const lost = new Promise<Error>((resolve) => provider.onLost(resolve));
    const window = { sessionId: 's', fromHostAtMs: 0, toHostAtMs: 1, path: '/dev/null' };
    provider.kill();
    const pending = provider.saveReceived(window);
    await expect(pending).rejects.toMatchObject({
      code: 'HIL_PROVIDER_DIED',
      facts: { how: 'signal SIGKILL' },
    });
    await expect(lost).resolves.toMatchObject({ code: 'HIL_PROVIDER_DIED' });
    await expect(provider.expectTurn({ turnId: 't' })).rejects.toMatchObject({ code: 'HIL_PROVIDER_DIED' });
    await provider.close();
  });

  it('hands on why the child could not open the provider', async () => {
    const first = await start();
    const port = Number(new URL(first.url).port);
    const second = launchProvider({ launch, init: { ...init, port }, clock: systemClock });
    await expect(second).rejects.toMatchObject({ code: 'HIL_PROVIDER_PORT_TAKEN', facts: { port } });
    await first.close();
  });

  it('keeps the output of a child that ends before it listens', async () => {
    const dying: ChildLauncher = () =>
      spawn(
        process.execPath,
        ['-e', 'console.error("no such corpus"); process.exitCode = 3; process.disconnect()'],
        {
          stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        },
      );
    await expect(launchProvider({ launch: dying, init, clock: systemClock })).rejects.toMatchObject({
      code: 'HIL_PROVIDER_DIED',
      facts: { how: 'exit code 3' },
    });
  });

  it('gives up on a child that says nothing', async () => {
    const silent: ChildLauncher = () =>
      spawn(process.execPath, ['-e', 'process.on("message", () => {})'], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
    const provider = launchProvider({ launch: silent, init, clock: systemClock, readyWithinMs: 1 });
    await expect(provider).rejects.toMatchObject({ code: 'HIL_PROVIDER_UNREADY' });
  });

  it('tells when its process stood still, also when it is asked the moment it goes on', async () => {
    const provider = await start();
    const fromHostAtMs = systemClock.nowMs();
    process.kill(provider.pid!, 'SIGSTOP');
    // Written while it stands still: the question waits for it.
    const asked = provider.stalls!({ fromHostAtMs, toHostAtMs: fromHostAtMs + 60_000 });
    await delay(systemClock, 250);
    process.kill(provider.pid!, 'SIGCONT');
    const longest = Math.max(...(await asked).map(({ lengthMs }) => lengthMs));
    expect(longest).toBeGreaterThan(150);
    expect(await provider.stalls!({ fromHostAtMs: 0, toHostAtMs: 1 })).toEqual([]);
    await provider.close();
  });

  it('outlives a client whose socket is cut', async () => {
    const provider = await start();
    const client = await WireClient.open(provider.url);
    const closed = new Promise((resolve) =>
      provider.onEvent((event) => event.type === 'session-closed' && resolve(event)),
    );
    client.socket.terminate();
    await expect(closed).resolves.toMatchObject({ closeCode: 1006 });
    await provider.close();
  });
});
