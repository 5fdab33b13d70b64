import type { Board, BoardEvent, ProviderEvent, VoiceProvider } from '../../ports';
import { isHilError } from '../../errors';
import { failureOf, fail, ok, warn, type Check, type CheckContext, type CheckResult } from './check';
import { pause } from './pause';

/** A board that is up opens its session, or asks its question, within this time of a good network. */
const WITHIN_MS = 7_000;
const LOOK_EVERY_MS = 50;
const SHOWN_CHARACTERS = 80;

type Arrival = Extract<ProviderEvent, { readonly type: 'session-open' | 'request' }>;

/** What the board was heard to ask came to the provider. */
export const connection: Check = {
  id: 'connection',
  title: "board's connection to the provider",
  group: 'hearing',
  expected: 'a connection of the board reaches the provider, and is accepted',
  remedy:
    'Look at what the board printed (`earshot monitor`): whether it has joined the network, and which address and key it was built with.',
  needs: ['port', 'permission', 'lock', 'reset', 'console', 'provider', 'route'],
  // The board's greeting is not to fall into the look at the rig, nor that into the session.
  uses: ['session', 'port', 'rig'],
  withinMs: 10_000,
  async run(context: CheckContext) {
    const { parts, clock, mayReset, signal } = context;
    const [board, provider] = [await parts.board(), await parts.provider()];
    const firstEvent = board.events.length;
    const { capabilities } = parts.dialect;
    const isAsked = capabilities.includes('text');
    if (isAsked && !capabilities.includes('asks-at-boot')) {
      const failure = await askAnything(board, context);
      if (failure !== undefined) return failure;
    }
    const startedAtMs = clock.nowMs();
    const arrival = (): Arrival | undefined =>
      provider.events.find(
        (event): event is Arrival => event.type === (isAsked ? 'request' : 'session-open'),
      );
    const isReady = (): boolean =>
      provider.unwatched === true
        ? board.events.some(({ type }) => type === 'session-ready' || type === 'answer')
        : arrival() !== undefined;
    while (!isReady() && !signal.aborted && clock.nowMs() < startedAtMs + WITHIN_MS) {
      await pause(clock, LOOK_EVERY_MS, signal);
    }
    if (!isReady()) return notArrived(board, firstEvent, mayReset);
    if (!isAsked) {
      const failure = await sessionFailure(board, provider);
      if (failure !== undefined) return failure;
    }
    const what = isAsked ? 'its request' : 'its session';
    return ok(
      provider.unwatched === true
        ? 'the board says so; the bench sees nothing of a provider that the board asks itself'
        : `${what} arrived at ${provider.name}`,
    );
  },
};

/** The board's session becomes usable; else why not. */
async function sessionFailure(board: Board, provider: VoiceProvider): Promise<CheckResult | undefined> {
  try {
    await board.startSession();
    return undefined;
  } catch (cause) {
    if (!isHilError(cause)) throw cause;
    return { ...failureOf(cause), ...reasonOf(board, 0, provider) };
  }
}

/** Asks a board in writing, once it can be; else why it cannot. */
async function askAnything(
  board: Board,
  { parts, mayReset }: CheckContext,
): Promise<CheckResult | undefined> {
  // Of one that was not reset nobody has seen whether it is up.
  const failure = mayReset ? await sessionFailure(board, await parts.provider()) : undefined;
  if (failure !== undefined) return failure;
  const [prompt] = parts.corpus.prompts.values();
  await board.ask(prompt?.transcript ?? 'Hello');
  return undefined;
}

/** What the board and the provider said of why it did not come to a session. */
function reasonOf(board: Board, firstEvent: number, provider?: VoiceProvider): { readonly seen?: string } {
  const refusal = provider?.events.findLast((event) => event.type === 'error');
  if (refusal?.type === 'error')
    return { seen: `the provider refused it: ${refusal.code}, ${refusal.message}` };
  const words = complaintIn(board.events.slice(firstEvent));
  return words === undefined ? {} : { seen: words };
}

function complaintIn(events: readonly BoardEvent[]): string | undefined {
  const refused = events.findLast((event) => event.type === 'tls-refused');
  if (refused?.type === 'tls-refused') return `the board refused the certificate: ${refused.reason}`;
  const failed = events.findLast((event) => event.type === 'request-failed');
  if (failed?.type === 'request-failed') return `its request failed: ${failed.message}`;
  const complaint = events.findLast((event) => event.type === 'complaint');
  return complaint?.type === 'complaint'
    ? `the board complains: ${complaint.text.slice(0, SHOWN_CHARACTERS)}`
    : undefined;
}

function notArrived(board: Board, firstEvent: number, mayReset: boolean): CheckResult {
  const { events } = board;
  const words = complaintIn(events.slice(firstEvent));
  const refused = events.some(({ type }) => type === 'tls-refused');
  const hasNetwork = events.some((event) => event.type === 'milestone' && event.milestone === 'network');
  const crash = events.find((event) => event.type === 'fault');
  if (crash?.type === 'fault')
    return fail(`the board crashed: ${crash.error.message}`, {
      origin: 'board',
      code: crash.error.code,
      remedy: 'Decode what it printed with `earshot decode` and the ELF of this firmware.',
    });
  const seen = `nothing came within ${WITHIN_MS / 1000} s`;
  if (!mayReset)
    return warn(`${words ?? seen}; the board was not reset, and most firmware connects when it boots`, {
      remedy: 'Run `earshot doctor --reset`, which interrupts the board.',
    });
  if (refused)
    return fail(words ?? seen, {
      remedy:
        'Build the authority of the bench (`ca.pem` of `earshot certs`) into the firmware, and see that the board has the time (docs/tls.md).',
    });
  if (!hasNetwork && board.dialect.capabilities.includes('boot-log'))
    return fail(`${words ?? seen}; the board has no network address`, {
      remedy:
        'Let the board join the network: its `wifi` command, or the credentials that it was built with.',
    });
  return fail(words ?? seen);
}
