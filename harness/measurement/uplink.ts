import type { MappedInstant } from './clock-map';
import { between, type Measured } from './measured';

/** Prompt offset on the loopback channel to the arrival of the packet that holds it. */
export const uplink = (promptOffset: MappedInstant, uplinkEnd: MappedInstant): Measured =>
  between(promptOffset, uplinkEnd);
