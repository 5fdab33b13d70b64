import { createHash } from 'node:crypto';

/** What ties a boot log, a panic and an ELF file together. */
export interface FirmwareIdentity {
  readonly project: string;
  readonly version: string;
  readonly idfVersion: string;
  /** 64 hexadecimal digits; boot log and panic print the first nine. */
  readonly elfSha256: string;
}

/** Identity of the simulated firmware of a project: made up, but the same in every run. */
export const identityOf = (project: string, version: string): FirmwareIdentity => ({
  project,
  version,
  idfVersion: 'v5.4.2',
  elfSha256: createHash('sha256').update(`virtual board ${project} ${version}`).digest('hex'),
});
