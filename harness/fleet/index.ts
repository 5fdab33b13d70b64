export { Allowances, type Allowance } from './allowances';
export { MemoryFence, type Acceptance, type Fence } from './fence';
export { InProcessQueue, type InProcessQueueOptions } from './in-process/in-process-queue';
export { LEASE_MS, MOST_ATTEMPTS } from './limits';
export { choose, FLASHING_MS, OTHERS_FIRST_MS, type Circumstances, type Waiting } from './placement';
export type {
  BundleRef,
  Claim,
  FleetQueue,
  Hold,
  JobOrder,
  JobOutcome,
  JobStatus,
  PieceOrder,
  PieceOutcome,
} from './queue';
export {
  nextAttempt,
  priorities,
  queueOf,
  queuesOf,
  type Needs,
  type Offer,
  type Priority,
  type Seat,
  type Unit,
} from './work';
