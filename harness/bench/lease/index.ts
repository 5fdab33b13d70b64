export { leaseKeyOf, leaseOfCard } from './lease-key';
export type { LeaseRecord } from './lease-record';
export { readLeases, type LeaseState } from './read-leases';
export { releaseLease } from './release-lease';
export { describeHolder, inWords, takeLease, type Lease, type LeaseOptions } from './take-lease';
