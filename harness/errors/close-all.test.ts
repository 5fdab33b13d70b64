import { closeAll } from './close-all';

describe('closeAll', () => {
  const closable = (name: string, log: string[], failure?: Error) => ({
    async close(): Promise<void> {
      await Promise.resolve();
      log.push(name);
      if (failure !== undefined) throw failure;
    },
  });

  it('closes in reverse order of opening, one after the other', async () => {
    const log: string[] = [];
    const opened = ['board', 'rig', 'provider'].map((name) => closable(name, log));
    await closeAll(opened);
    expect(log).toEqual(['provider', 'rig', 'board']);
    expect(opened).toHaveLength(3);
  });

  it('closes the rest when some fail, and names every failure', async () => {
    const log: string[] = [];
    const failures = [new Error('port is gone'), new Error('rig is gone')] as const;
    const closing = closeAll([
      closable('board', log, failures[0]),
      closable('provider', log),
      closable('rig', log, failures[1]),
    ]);
    await expect(closing).rejects.toMatchObject({
      message: '2 resources did not close.',
      errors: [failures[1], failures[0]],
    });
    await expect(closing).rejects.toBeInstanceOf(AggregateError);
    expect(log).toEqual(['rig', 'provider', 'board']);
  });

  it('does nothing for nothing', async () => {
    await expect(closeAll([])).resolves.toBeUndefined();
  });
});
