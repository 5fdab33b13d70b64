export { BenchAgent, type AgentBoard, type BenchAgentOptions } from './agent/bench-agent';
export type { BoardHands, Played, Readiness } from './agent/board-hands';
export { Allowances, heldBy, spentToday, type Allowance, type Held, type ProviderUse } from './allowances';
export {
  BUNDLE_LIMITS,
  FirmwareCache,
  openBundleStore,
  type BundleLimits,
  type BundleSecrets,
  type BundleStore,
  type BundleStoreOptions,
  type S3Keys,
} from './bundles';
export { MemoryFence, type Acceptance, type Fence } from './fence';
export { choreOffer, chorePiece, needsOfChore, NO_BOARD } from './flow';
export { InProcessQueue, type InProcessQueueOptions } from './in-process/in-process-queue';
export { InProcessRoll, InProcessVerdicts } from './in-process/in-process-roll';
export { LEASE_MS, MOST_ATTEMPTS } from './limits';
export { choose, FLASHING_MS, OTHERS_FIRST_MS, type Circumstances, type Waiting } from './placement';
export { isMergedBy, needsFor, recipesIn, type BoardWish } from './needs-for';
export { mergeAgain, playAgain, type NothingAgain } from './play-again';
export { mergeOf, placeOf } from './queue';
export type {
  BundleRef,
  Claim,
  FleetQueue,
  Hold,
  JobOrder,
  JobOutcome,
  JobRecord,
  JobStatus,
  PieceOrder,
  PieceOutcome,
} from './queue';
export { RETENTION, type Retention } from './retention';
export {
  FORGOTTEN_MS,
  orderKinds,
  type BenchOrder,
  type BenchReport,
  type BenchRoll,
  type BenchState,
  type BoardActivity,
  type BoardState,
  type OrderKind,
} from './roll';
export { splitSuites, UNIT_MS, type SuiteLength, type UnitShare } from './split-suites';
export type { BookedVerdict, VerdictBook } from './verdict-book';
export {
  ANY_SUITES,
  nextAttempt,
  priorities,
  queueOf,
  queuesOf,
  type Chore,
  type Needs,
  type Offer,
  type OwnSuites,
  type Priority,
  type Seat,
  type Unit,
} from './work';
