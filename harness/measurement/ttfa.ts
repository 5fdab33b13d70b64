import type { MappedInstant } from './clock-map';
import { between, type Measured } from './measured';

/** Turn decision to the packet that holds the reply's annotated onset. */
export const ttfa = (endpoint: MappedInstant, firstAudioOut: MappedInstant): Measured =>
  between(endpoint, firstAudioOut);
