import { LATE, verifySdkHmac, type SdkHmacRules } from '../../auth/verify-sdk-hmac';
import { tokenFault, type PanguFault } from './pangu-fault';

/** So many wrong signatures in a row lock an access key (reference/providers.md 6.3). */
const MOST_FAILURES = 5;
const LOCK_MS = 300_000;

/** The access key whose signatures the gateway takes in place of a token. */
export class SigningKey {
  private failures = 0;
  private lockedUntilUnixMs = 0;

  /** @param keys - Undefined: there is none, and no signature is let in. */
  constructor(private readonly keys: SdkHmacRules['keys'] | undefined) {}

  /**
   * Why a signed request is not let in; undefined when it is. One that is late counts for no lock.
   * @param aheadMs - By how much the gateway's clock is off.
   */
  refusalOf(
    request: Parameters<typeof verifySdkHmac>[0],
    { unixNowMs, aheadMs, ...limits }: Omit<SdkHmacRules, 'keys'> & { readonly aheadMs: number },
  ): PanguFault | undefined {
    if (unixNowMs < this.lockedUntilUnixMs)
      return tokenFault('AK access failed to reach the limit,forbidden.');
    const refusal =
      this.keys === undefined
        ? { why: 'Get secretKey failed', because: 'The mock was given no access key.' }
        : verifySdkHmac(request, { ...limits, keys: this.keys, unixNowMs: unixNowMs + aheadMs });
    if (refusal === undefined) this.failures = 0;
    else if (refusal.why !== LATE && ++this.failures >= MOST_FAILURES) {
      this.failures = 0;
      this.lockedUntilUnixMs = unixNowMs + LOCK_MS;
    }
    return refusal && { ...tokenFault(refusal.why), because: refusal.because };
  }
}
