import { ManualClock } from '../../board/__fixtures__/manual-clock';
import { BoardError, toWireError } from '../../errors';
import type { Board, BoardEvent, ProviderEvent } from '../../ports';
import type { BenchProvider } from '../bench-parts';
import { describeDialect } from '../bench-parts';
import { fakeContext, serialBoard } from './__fixtures__/fake-context';
import type { CheckResult } from './check';
import { connection } from './connection';

interface Scene {
  /** What the board prints once it is looked at. */
  readonly says?: readonly object[];
  /** What comes to the provider then. */
  readonly arrives?: readonly object[];
  readonly startSession?: () => Promise<void>;
  readonly mayReset?: boolean;
  readonly dialect?: string;
  readonly unwatched?: true;
}

const stamp = { hostAtMs: 0, boot: 1, lineIndex: 0, seq: 0 };

async function connecting(scene: Scene): Promise<CheckResult & { readonly asked: readonly string[] }> {
  const clock = new ManualClock();
  const events: BoardEvent[] = [];
  const arrived: ProviderEvent[] = [];
  const asked: string[] = [];
  const config = { ...serialBoard, dialect: scene.dialect ?? 'realtime-ws' };
  const dialect = describeDialect(config);
  const board = {
    name: 'korvo-1',
    events,
    dialect,
    startSession: scene.startSession ?? (() => Promise.resolve()),
    ask: (text: string) => {
      asked.push(text);
      return Promise.resolve();
    },
  };
  const provider = { name: 'mock', events: arrived, ...(scene.unwatched && { unwatched: true as const }) };
  const result = connection.run(
    fakeContext({
      board: config,
      parts: {
        board: () => Promise.resolve(board as unknown as Board),
        provider: () => Promise.resolve(provider as unknown as BenchProvider),
      },
      context: { clock, mayReset: scene.mayReset ?? true },
    }),
  );
  await new Promise(setImmediate);
  events.push(...(scene.says ?? []).map((event) => ({ ...stamp, ...event }) as unknown as BoardEvent));
  arrived.push(...(scene.arrives ?? []).map((event) => ({ ...stamp, ...event }) as unknown as ProviderEvent));
  let isOver = false;
  const over = (): boolean => isOver;
  void result.finally(() => (isOver = true));
  while (!over()) {
    clock.advance(500);
    await new Promise(setImmediate);
  }
  return { ...(await result), asked };
}

const network = { type: 'milestone', milestone: 'network' };

describe('connection', () => {
  it('has arrived when the provider has the session, and the board can use it', async () => {
    expect(await connecting({ arrives: [{ type: 'session-open' }] })).toMatchObject({
      state: 'ok',
      seen: 'its session arrived at mock',
    });
  });

  it('has arrived when the provider has the question of a board that is asked in writing', async () => {
    const { asked, ...result } = await connecting({ dialect: 'spark-chat', arrives: [{ type: 'request' }] });
    expect(result).toMatchObject({ state: 'ok', seen: 'its request arrived at mock' });
    expect(asked).toHaveLength(1);
  });

  it('is what the board says where it asks its provider itself', async () => {
    const told = await connecting({ unwatched: true, says: [{ type: 'session-ready' }] });
    expect(told).toMatchObject({ state: 'ok', seen: expect.stringMatching(/^the board says so/) as string });
  });

  it('is no more than doubted where the board was not reset', async () => {
    expect(await connecting({ mayReset: false })).toMatchObject({
      state: 'warn',
      seen: 'nothing came within 7 s; the board was not reset, and most firmware connects when it boots',
      remedy: expect.stringContaining('--reset') as string,
    });
  });

  it.each<[string, readonly object[], RegExp, RegExp]>([
    ['has no network', [], /the board has no network address$/, /join the network/],
    ['has a network, and nothing came', [network], /^nothing came within 7 s$/, /which address and key/],
    [
      'refused the certificate',
      [network, { type: 'tls-refused', reason: 'certificate has expired' }],
      /^the board refused the certificate: certificate has expired$/,
      /ca\.pem/,
    ],
    [
      'complains',
      [network, { type: 'complaint', text: 'OpenAI API key is empty' }],
      /^the board complains: OpenAI API key is empty$/,
      /earshot monitor/,
    ],
    [
      'was refused',
      [network, { type: 'request-failed', status: 401, message: 'HTTP 401' }],
      /^its request failed: HTTP 401$/,
      /key/,
    ],
  ])('says why nothing came: the board %s', async (_, says, seen, remedy) => {
    const told = await connecting({ says });
    expect(told).toMatchObject({
      state: 'fail',
      origin: 'bench',
      seen: expect.stringMatching(seen) as string,
    });
    expect(told.state === 'fail' ? (told.remedy ?? connection.remedy) : '').toMatch(remedy);
  });

  it('is the board’s where it crashed', async () => {
    const error = toWireError(new BoardError('HIL_BOARD_PANIC', 'LoadProhibited at 0x4200'));
    expect(await connecting({ says: [network, { type: 'fault', error }] })).toMatchObject({
      state: 'fail',
      origin: 'board',
      seen: 'the board crashed: LoadProhibited at 0x4200',
    });
  });

  it('tells in the provider’s words why it let nobody in', async () => {
    const told = await connecting({
      arrives: [
        { type: 'session-open' },
        { type: 'error', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
      ],
      startSession: () => Promise.reject(new BoardError('HIL_BOARD_SESSION_TIMEOUT', 'no session')),
    });
    expect(told).toMatchObject({
      state: 'fail',
      code: 'HIL_BOARD_SESSION_TIMEOUT',
      seen: 'the provider refused it: invalid_api_key, Incorrect API key provided.',
    });
  });
});
