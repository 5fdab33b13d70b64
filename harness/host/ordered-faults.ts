import { catalogue, type ErrorCode } from '../errors';
import type { Finding, ProviderFault } from '../ports';

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
const following: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
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

/** A finding before it is stamped. */
type Blame = Pick<Finding, 'code' | 'origin' | 'message' | 'facts' | 'turnId'>;

/** What the bench had the provider do wrong, so that no board is blamed for what follows from it. */
export class OrderedFaults {
  private readonly standing: ProviderFault | undefined;
  private readonly ofTurns = new Map<string, ProviderFault>();

  /** @param standing - `provider.faults` of the bench file. */
  constructor(standing: readonly ProviderFault[]) {
    this.standing = standing.find((fault) => takingAway.has(fault));
  }

  /** The scenario has this go wrong in a turn. */
  orderIn(turnId: string, fault: ProviderFault | undefined): void {
    if (fault !== undefined && takingAway.has(fault)) this.ofTurns.set(turnId, fault);
  }

  /** The finding, or the same with the provider in the board's place where that was told to leave it alone. */
  attributed<F extends Blame>(finding: F): F {
    const ofTurn = finding.turnId === undefined ? undefined : this.ofTurns.get(finding.turnId);
    const fault = this.standing ?? ofTurn;
    if (fault === undefined || !following.has(finding.code)) return finding;
    const code = 'HIL_PROVIDER_FAULT_ORDERED';
    const { origin } = catalogue[code];
    const message = `The provider was told to go wrong (${fault}), so this is not held against the board: ${finding.message}`;
    return { ...finding, code, origin, message, facts: { ...finding.facts, fault, seenAs: finding.code } };
  }
}
