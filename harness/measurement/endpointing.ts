import type { MappedInstant } from './clock-map';
import { between, type Measured } from './measured';

/** Arrival of the prompt's last speech sample to the provider's turn decision; negative when it decided early. */
export const endpointing = (uplinkEnd: MappedInstant, endpoint: MappedInstant): Measured =>
  between(uplinkEnd, endpoint);
