import { benchRows } from './bench-rows';
import { boardRows } from './board-rows';
import type { FaultRow } from './fault-row';
import { providerRows } from './provider-rows';
import { testedRows } from './tested-rows';

/** Every fault that the bench has to bear or to name, and what has to come of it. */
export const faultMatrix: readonly FaultRow[] = [...boardRows, ...benchRows, ...testedRows, ...providerRows];
