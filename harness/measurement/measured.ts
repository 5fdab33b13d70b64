/** Why a measure has no number. */
export type NotMeasuredReason =
  | 'no-capture'
  | 'no-prompt'
  | 'no-onset'
  | 'no-reference'
  | 'not-heard'
  | 'no-received-audio'
  | 'no-endpoint'
  | 'no-reply-sent'
  | 'no-call'
  | 'bad-take'
  | 'no-clock'
  /** Taken with another topology than most of the run: the two are not mixed. */
  | 'other-topology'
  /** Nobody was to interrupt the reply, or it was not played into it. */
  | 'no-interruption'
  /** The reply went on to its end. */
  | 'never-stopped'
  /** The reply ended by itself too soon after the interruption to tell. */
  | 'reply-over'
  /** No request of the board reached the provider. */
  | 'no-request'
  /** The provider wrote no text. */
  | 'no-text'
  /** The board printed no answer, or not all of it. */
  | 'no-answer'
  /** The firmware prints no line for it. */
  | 'not-printed'
  /** Of a run that is older than the measure. */
  | 'not-taken';

/**
 * A measure of one turn. `uncertaintyMs` is one standard uncertainty. `censored`: the board let the deadline pass, so the
 * value is known to lie above `aboveMs` and counts as larger than every number.
 */
export type Measured =
  | {
      readonly state: 'measured';
      readonly valueMs: number;
      readonly uncertaintyMs: number;
    }
  | { readonly state: 'censored'; readonly aboveMs: number; readonly reason: NotMeasuredReason }
  | { readonly state: 'not-measured'; readonly reason: NotMeasuredReason };

export const notMeasured = (reason: NotMeasuredReason): Measured => ({ state: 'not-measured', reason });

interface HostInstant {
  readonly hostAtMs: number;
  readonly uncertaintyMs: number;
}

/** The time between two instants of the host's clock, their uncertainties taken as independent. */
export const between = (begins: HostInstant, ends: HostInstant): Measured => ({
  state: 'measured',
  valueMs: ends.hostAtMs - begins.hostAtMs,
  uncertaintyMs: Math.hypot(begins.uncertaintyMs, ends.uncertaintyMs),
});
