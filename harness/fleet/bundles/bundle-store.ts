import type { Closable } from '../../errors';
import type { BundleRef } from '../queue';

/**
 * Whether what lies in a folder goes into its bundle, by its path and by its way from the folder. A folder that does not keeps what is in
 * it back as well.
 */
export type Takes = (path: string, way: string) => boolean;

/** Where what a bench played lies until it is merged, and firmware until it is written. Files only: no sound is streamed. */
export interface BundleStore extends Closable {
  /**
   * Packs a folder, or one file as a folder that holds it, and keeps it. The same content is the same bundle, put twice or by two.
   * @param name - For people: `job-1/3#2`. What is no letter, digit, dot or dash becomes a dash.
   * @param takes - Default: all of the folder.
   * @throws FleetError `HIL_FLEET_BUNDLE_UNFIT` for links and devices in the folder and for one that is larger than any reader
   *   takes; `HIL_FLEET_STORE_FAILED`.
   */
  put(name: string, path: string, takes?: Takes): Promise<BundleRef>;
  /**
   * Unpacks a bundle of this store into a folder that is not there yet, or empty; all of it or nothing. Only the last part of
   * the URI counts, so that benches may reach one store by different ways and nobody is sent elsewhere by what the queue says.
   * @throws FleetError `HIL_FLEET_BUNDLE_DAMAGED` when the bytes are not those that were put; `HIL_FLEET_BUNDLE_UNSAFE` for names
   *   that lead out of the folder, links, too many files and too much in them; `HIL_FLEET_BUNDLE_MISSING`; `HIL_FLEET_STORE_FAILED`.
   */
  fetch(ref: BundleRef, folder: string): Promise<void>;
}

/** What a bundle may be, packed and unpacked. */
export interface BundleLimits {
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly entries: number;
}

/** An hour of two channels at 48 kHz is 0.7 GB unpacked; a unit plays minutes. */
export const BUNDLE_LIMITS: BundleLimits = {
  packedBytes: 1 << 30,
  unpackedBytes: 4 * 2 ** 30,
  entries: 50_000,
};
