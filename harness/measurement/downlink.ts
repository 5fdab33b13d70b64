import type { MappedInstant } from './clock-map';
import { between, type Measured } from './measured';

/**
 * First packet of the reply to its first sample on the speaker channel. Silence cannot be located there, so that sample is
 * the onset less the lead-in, which the board plays in real time.
 */
export function downlink(
  firstAudioOut: MappedInstant,
  replyOnset: MappedInstant,
  replyLeadIn: Measured,
): Measured {
  if (replyLeadIn.state !== 'measured') return replyLeadIn;
  return between(firstAudioOut, {
    hostAtMs: replyOnset.hostAtMs - replyLeadIn.valueMs,
    uncertaintyMs: Math.hypot(replyOnset.uncertaintyMs, replyLeadIn.uncertaintyMs),
  });
}
