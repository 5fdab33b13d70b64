import type { MappedInstant } from './clock-map';
import { between, type Measured } from './measured';

/** Prompt offset to the arrival of the console line that reports the executed call. */
export const timeToFunctionCall = (promptOffset: MappedInstant, functionCall: MappedInstant): Measured =>
  between(promptOffset, functionCall);
