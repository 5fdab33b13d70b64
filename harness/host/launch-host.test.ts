import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { systemClock } from '../ports';
import type { HostInit } from './host-messages';
import { launchHost, type HostProcess } from './launch-host';

/** A child process that does what a test says. */
class FakeChild extends EventEmitter {
  readonly pid: number | undefined = 1;
  connected = true;
  readonly sent: unknown[] = [];
  send(message: unknown): boolean {
    this.sent.push(message);
    return true;
  }
  kill(signal: string): boolean {
    this.emit('exit', null, signal);
    return true;
  }
}

function launched(): { readonly child: FakeChild; readonly host: HostProcess } {
  const child = new FakeChild();
  const launch = (): ChildProcess => child as unknown as ChildProcess;
  return { child, host: launchHost(launch, systemClock, {} as HostInit, () => undefined) };
}

describe('launchHost', () => {
  it('does not let anybody wait for a host that was killed before it was ready', async () => {
    const { host } = launched();
    host.kill();
    await expect(host.ready).rejects.toMatchObject({ code: 'HIL_HOST_DIED' });
    expect(await host.ended).toBeUndefined();
  });

  it('tells how a host ended that was not told to', async () => {
    const { child, host } = launched();
    child.emit('exit', 3, null);
    await expect(host.ready).rejects.toMatchObject({ code: 'HIL_HOST_DIED', facts: { code: 3 } });
    expect(await host.ended).toMatchObject({ code: 'HIL_HOST_DIED', origin: 'harness' });
  });

  it('tells what of a bench did not close, though it was told to', async () => {
    const { child, host } = launched();
    child.emit('message', { type: 'ready', address: '/socket' });
    const closed = host.close();
    const wire = { code: 'HIL_BOARD_PORT_FAILED', message: 'The port is gone.', facts: {} };
    child.emit('message', { type: 'failed', error: wire });
    child.emit('exit', 0, null);
    expect(await closed).toMatchObject({ code: 'HIL_BOARD_PORT_FAILED' });
    expect(await host.ended).toBeUndefined();
  });

  it('survives an order that does not reach a host that has just died', async () => {
    const { child, host } = launched();
    const closed = host.close();
    child.emit('error', new Error('write EPIPE'));
    child.emit('exit', null, 'SIGKILL');
    await closed;
  });
});
