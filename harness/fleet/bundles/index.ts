export { BUNDLE_LIMITS, type BundleLimits, type BundleStore } from './bundle-store';
export { FirmwareCache } from './firmware-cache';
export { openBundleStore, type BundleSecrets, type BundleStoreOptions } from './open-bundle-store';
export type { S3Keys } from './s3-dialect';
