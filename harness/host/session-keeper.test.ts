import type { OpenBench } from '../bench';
import { SpeakerWatch } from '../turn';
import { FakeBench } from '../turn/__fixtures__/fake-bench';
import { SessionKeeper } from './session-keeper';

const timing = { quietMs: 400, deadlineMs: 8_000, playbackGainDb: 0 };

/** A keeper whose board opens a session as soon as it is asked; `greeted` is what becomes of its greeting, time after time. */
function keeperOf(...greeted: readonly ((fake: FakeBench, sessionId: string) => void)[]) {
  const fake = new FakeBench();
  let opened = 0;
  const startSession = (): Promise<void> => {
    const sessionId = `s${(opened += 1)}`;
    fake.says({ type: 'session-open', sessionId });
    fake.prints({ type: 'session-ready' });
    greeted[opened - 1]?.(fake, sessionId);
    return Promise.resolve();
  };
  Object.assign(fake.board, { dialect: { capabilities: ['audio'] }, startSession });
  const crashes = { settled: () => Promise.resolve() };
  const bench = { board: fake.board, provider: fake.provider, crashes };
  const keeper = new SessionKeeper(bench as unknown as OpenBench, fake, new SpeakerWatch(fake.rig), timing);
  return { fake, keeper, run: <T>(promise: Promise<T>) => fake.run(promise), opened: () => opened };
}

const ends =
  (closedBy: 'board' | 'provider' | undefined, closeCode: number, reason = '') =>
  (fake: FakeBench, sessionId: string): void => {
    if (closedBy === 'provider' && reason === '')
      fake.says({ type: 'error', code: 'session_expired', message: 'Too old.', sessionId });
    fake.says({
      type: 'session-closed',
      sessionId,
      closeCode,
      reason,
      ...(closedBy === undefined ? {} : { closedBy }),
    });
    fake.prints({ type: 'session-ended', reason: `code=${closeCode}` });
  };

describe('SessionKeeper', () => {
  it('blames the provider for a session that it ended while the board greeted, and opens the next one anew', async () => {
    const { keeper, run, opened } = keeperOf(ends('provider', 1001));
    await expect(run(keeper.ensure())).rejects.toMatchObject({
      code: 'HIL_PROVIDER_SESSION_FAILED',
      origin: 'provider',
      message:
        'The provider ended the session of board fake with 1001 (session_expired) before a prompt was played.',
    });
    await run(keeper.ensure());
    await run(keeper.ensure());
    expect(opened()).toBe(2);
  });

  it('opens a session in place of one that the provider ended, also where the firmware does not say so', async () => {
    const { fake, keeper, run, opened } = keeperOf();
    await run(keeper.ensure());
    fake.says({ type: 'session-closed', sessionId: 's1', closeCode: 1006, reason: '', closedBy: 'provider' });
    await run(keeper.ensure());
    expect(opened()).toBe(2);
  });

  it.each([
    ['the board itself hung up', ends('board', 1000)],
    ['nobody knows who did', ends(undefined, 1006)],
    ['the board did not answer any more', ends('provider', 1006, 'ping_timeout')],
    ['the board broke the protocol', ends('provider', 1007, 'bad')],
  ])('does not blame the provider where %s', async (_, greeted) => {
    const { keeper, run } = keeperOf(greeted);
    await expect(run(keeper.ensure())).resolves.toBeUndefined();
  });
});
