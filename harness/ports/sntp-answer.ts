/** Why a server refuses to tell the time: the codes of RFC 4330 section 8 that a client may meet. */
export const kissCodes = ['RATE', 'DENY', 'RSTR', 'INIT'] as const;
export type KissCode = (typeof kissCodes)[number];

/** How a question for the time is answered: with a clock that is off by so much, with a refusal, or not at all. */
export type SntpAnswer =
  { readonly skewMs: number } | { readonly kissOfDeath: KissCode } | { readonly silence: true };

/** A question that the bench's time server took, and what it made of it. */
export interface TimeQuestion {
  readonly hostAtMs: number;
  readonly answer: SntpAnswer;
}
