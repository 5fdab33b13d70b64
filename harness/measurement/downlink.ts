import type { MappedInstant } from './clock-map';
import { between, type Measured } from './measured';

/** That packet to the reply's onset on the speaker channel. */
export const downlink = (firstAudioOut: MappedInstant, replyOnset: MappedInstant): Measured =>
  between(firstAudioOut, replyOnset);
