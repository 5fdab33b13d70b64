import { catalogue, type ErrorCode } from '../errors';
import {
  keepNewest,
  type DirectionFacts,
  type Finding,
  type NetworkFacts,
  type ProviderFault,
} from '../ports';

/**
 * Faults that take a call away from under a board: no firmware can answer well without session, events or sound. Of the others it
 * can be asked that it copes, such as with a call that comes twice.
 */
const takingAway: ReadonlySet<ProviderFault> = new Set<ProviderFault>([
  'wrong-status',
  'answer-too-long',
  'error-as-answer',
  'redirect',
  'no-session-created',
  'no-data-channel',
  'dtls-refused',
  'peer-silent',
  'audio-stops',
  'channel-closes',
]);

/** What a board looks like that is left alone. A panic, a restart or a call executed twice is its own doing all the same. */
export const following: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HIL_BOARD_SESSION_TIMEOUT',
  'HIL_SESSION_TOOL_MISSING',
  'HIL_SESSION_GREETING_MISSING',
  'HIL_SESSION_GREETING_SILENT',
  'HIL_TURN_MICROPHONE_SILENT',
  'HIL_TURN_MISHEARD',
  'HIL_TURN_SPEAKER_SILENT',
  'HIL_TURN_REPLY_INCOMPLETE',
  'HIL_TURN_REPLY_MISSING',
  'HIL_TURN_CALL_MISSING',
  'HIL_TURN_TOO_SLOW',
]);

/**
 * Of so much lost sound no board makes a reply. Chosen by trial with the simulated openai-demo: of 5 % in bursts of three every
 * prompt was understood and every reply played, at 15 % replies were not found whole.
 */
const MOST_LOST_SHARE = 0.1;

/** What a board looks like whose sound was lost on its way up, and whose reply was lost on its way down. */
const followingLossUp: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HIL_TURN_MICROPHONE_SILENT',
  'HIL_TURN_MISHEARD',
  'HIL_TURN_REPLY_MISSING',
  'HIL_TURN_CALL_MISSING',
]);
const followingLossDown: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HIL_TURN_SPEAKER_SILENT',
  'HIL_TURN_REPLY_INCOMPLETE',
  'HIL_TURN_REPLY_MISSING',
]);

/** What was lost of a turn's sound by order: `31 of 182 packets of its reply`. */
interface LostSound {
  readonly following: ReadonlySet<ErrorCode>;
  readonly inWords: string;
}

function lostSound(
  { audioSent, audioLost }: DirectionFacts,
  what: string,
  following: ReadonlySet<ErrorCode>,
): readonly LostSound[] {
  if (audioSent === 0 || audioLost < MOST_LOST_SHARE * audioSent) return [];
  return [{ following, inWords: `${audioLost} of ${audioSent} packets of ${what}` }];
}

/** A test that judges many turns together does so within this many. */
const MOST_TURNS = 2_000;

/** A finding before it is stamped. */
type Blame = Pick<Finding, 'code' | 'origin' | 'message' | 'facts' | 'turnId'>;

/** What the bench had the provider do wrong, so that no board is blamed for what follows from it. */
export class OrderedFaults {
  private readonly standing: ProviderFault | undefined;
  private readonly ofTurns = new Map<string, ProviderFault>();
  private readonly lostIn = new Map<string, readonly LostSound[]>();

  /** @param standing - `provider.faults` of the bench file. */
  constructor(standing: readonly ProviderFault[]) {
    this.standing = standing.find((fault) => takingAway.has(fault));
  }

  /** The scenario has this go wrong in a turn. */
  orderIn(turnId: string, fault: ProviderFault | undefined): void {
    if (fault === undefined || !takingAway.has(fault)) return;
    this.ofTurns.set(turnId, fault);
    keepNewest(this.ofTurns, MOST_TURNS);
  }

  /** What the bench's network did to a turn's packets. Undefined: it has none, and what was lost was not lost by order. */
  networkIn(turnId: string, facts: NetworkFacts | undefined): void {
    if (facts === undefined) return;
    this.lostIn.set(turnId, [
      ...lostSound(facts.up, 'what it heard', followingLossUp),
      ...lostSound(facts.down, 'its reply', followingLossDown),
    ]);
    keepNewest(this.lostIn, MOST_TURNS);
  }

  /** The finding, or the same with the provider in the board's place where that was told to leave it alone. */
  attributed<F extends Blame>(finding: F): F {
    const ofTurn = finding.turnId === undefined ? undefined : this.ofTurns.get(finding.turnId);
    const fault = this.standing ?? ofTurn;
    // That a session was not to be had is told by the provider's log as well; that it was ordered explains more.
    const deviated =
      finding.code === 'HIL_PROVIDER_SESSION_FAILED' && finding.facts['deviation'] !== undefined;
    if (fault !== undefined && (following.has(finding.code) || deviated))
      return byOrder(finding, `The provider was told to go wrong (${fault})`, fault);
    const lost = finding.turnId === undefined ? [] : (this.lostIn.get(finding.turnId) ?? []);
    const seen = lost.find((each) => each.following.has(finding.code));
    return seen === undefined
      ? finding
      : byOrder(finding, `The bench's network was told to lose ${seen.inWords}`, 'network');
  }
}

function byOrder<F extends Blame>(finding: F, why: string, fault: ProviderFault | 'network'): F {
  const code = 'HIL_PROVIDER_FAULT_ORDERED';
  const message = `${why}, so this is not held against the board: ${finding.message}`;
  const facts = { ...finding.facts, fault, seenAs: finding.code };
  return { ...finding, code, origin: catalogue[code].origin, message, facts };
}
