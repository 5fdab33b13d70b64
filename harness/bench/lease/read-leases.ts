import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { leasesPath } from '../../config';
import { readRecord, type LeaseRecord } from './lease-record';
import { tryLock } from './os-lock';

/** A lease as it stands. */
export interface LeaseState {
  readonly record: LeaseRecord;
  readonly path: string;
  /** `abandoned`: its process has ended without giving it back, and the next one simply takes it. */
  readonly state: 'held' | 'abandoned';
}

/** What is held on this machine, and what was never given back; by key. What cannot be looked at is left out. */
export async function readLeases(folder: string = leasesPath()): Promise<readonly LeaseState[]> {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.lease'));
  } catch {
    return []; // Nobody has taken one since the machine was started.
  }
  const states: LeaseState[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const record = readRecord(path);
    if (record === undefined) continue;
    states.push({ record, path, state: (await isHeld(path)) ? 'held' : 'abandoned' });
  }
  return states.sort((a, b) => a.record.key.localeCompare(b.record.key));
}

/** Whether somebody has the lock of a lease's file; another user's file that may not be opened counts as held. */
export async function isHeld(path: string): Promise<boolean> {
  try {
    const lock = await tryLock(path);
    lock?.release();
    return lock === undefined;
  } catch {
    return true;
  }
}
