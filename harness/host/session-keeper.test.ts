import type { OpenBench } from '../bench';
import { BoardError, type ErrorCode } from '../errors';
import type { Finding, ProviderEvent } from '../ports';
import { SpeakerWatch } from '../turn';
import { FakeBench } from '../turn/__fixtures__/fake-bench';
import { despiteProvider, excused } from './deviations';
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

describe('why a board got no session', () => {
  const timeout = new BoardError(
    'HIL_BOARD_SESSION_TIMEOUT',
    'Board b did not open its provider session.',
    {},
  );
  const log = (...events: readonly object[]) =>
    events.map((event, seq) => ({
      sessionId: 's1',
      hostAtMs: seq,
      ...event,
      seq,
    })) as unknown as ProviderEvent[];
  const redirect = { type: 'deviation', code: 'redirect', message: 'The offer was answered with 307 to /x.' };
  const open = { type: 'session-open' };
  const closed = { type: 'session-closed', closeCode: 1006, reason: '' };

  it('is what the provider did that no client need cope with', () => {
    const cause = despiteProvider(timeout, 'b', log(redirect));
    expect(cause).toMatchObject({
      code: 'HIL_PROVIDER_SESSION_FAILED',
      message: 'Board b got no session. The offer was answered with 307 to /x.',
      facts: { deviation: 'redirect' },
      cause: timeout,
    });
  });

  it('is a connection that broke and that the board did not close', () => {
    expect(despiteProvider(timeout, 'b', log(open, closed))).toMatchObject({
      message:
        'Board b got no session. It broke off with 1006 while it opened, and the board had not closed it.',
    });
    expect(despiteProvider(timeout, 'b', log(open, { ...closed, closedBy: 'board' }))).toBe(timeout);
    // It has another one by now.
    expect(despiteProvider(timeout, 'b', log(open, closed, open))).toBe(timeout);
  });

  it('is the board’s where the provider did nothing, or the board did something by itself', () => {
    const panic = new BoardError('HIL_BOARD_PANIC', 'Board b panicked.', {});
    expect(despiteProvider(timeout, 'b', log(open))).toBe(timeout);
    expect(despiteProvider(panic, 'b', log(redirect))).toBe(panic);
  });
});

describe('a finding of a turn in which the provider deviated', () => {
  const finding = (code: ErrorCode): Finding => ({
    ...{ code, origin: 'board', message: 'Half is missing.', facts: {}, hostAtMs: 1, turnId: 't1' },
  });
  const seen = [
    { type: 'deviation', code: 'sound-stopped', message: 'The sound stopped.', seq: 0, hostAtMs: 0 },
  ] as unknown as ProviderEvent[];

  it('is the provider’s where it follows from being left alone, and the board’s otherwise', () => {
    expect(excused(finding('HIL_TURN_REPLY_INCOMPLETE'), seen)).toMatchObject({
      code: 'HIL_TURN_PROVIDER_FAILED',
      origin: 'provider',
      message: 'The sound stopped. This is not held against the board: Half is missing.',
      turnId: 't1',
    });
    expect(excused(finding('HIL_TURN_REPLY_INCOMPLETE'), []).origin).toBe('board');
    expect(excused(finding('HIL_TURN_CALL_REPEATED'), seen).origin).toBe('board');
  });
});
