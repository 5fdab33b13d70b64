import type { MappedInstant } from './clock-map';
import { between, type Measured } from './measured';

/** Turn decision to the first packet of the reply, silence as it may be. */
export const ttfa = (endpoint: MappedInstant, firstAudioOut: MappedInstant): Measured =>
  between(endpoint, firstAudioOut);
