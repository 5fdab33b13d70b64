import { notMeasured, type Measured } from './measured';
import type { AnsweringReply } from './provider-marks';

/** Playing is paced by the board's crystal, and time is told by another: ±100 ppm each at their worst (measurement.md). */
const CRYSTAL_PPM = 200;

/**
 * Silence that the reply begins with: from the first sample sent to the annotated onset, at the clip's nominal rate. The
 * board plays it in real time however early the packets came, so all of it is time that the listener waits.
 */
export function replyLeadIn({ reply, onsetSentAtHostMs, firstSentSample }: AnsweringReply): Measured {
  if (onsetSentAtHostMs === undefined) return notMeasured('no-reply-sent');
  const { onsetSample, rateHz } = reply.clip;
  const valueMs = ((onsetSample - firstSentSample) * 1000) / rateHz;
  return { state: 'measured', valueMs, uncertaintyMs: (valueMs * CRYSTAL_PPM * 1e-6) / Math.sqrt(3) };
}
