import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { startVirtualBoardProcess, type VirtualBoardProcess } from '../board';
import type { VirtualBoardConfig } from '../config';
import { systemClock } from '../ports';
import { launchChild } from './launch-child';

/** A virtual board that is powered on with GPIO0 low, so that its flash, which stays in a file, can be written at its console. */
export function powerOnInLoader(
  { crystalPpm, model }: Pick<VirtualBoardConfig, 'crystalPpm' | 'model'>,
  flashPath: string,
): Promise<VirtualBoardProcess> {
  mkdirSync(dirname(flashPath), { recursive: true });
  return startVirtualBoardProcess({
    launch: launchChild,
    clock: systemClock,
    // The ROM is that of every board, and nothing else runs.
    dialect: 'realtime-ws',
    providerUrl: 'ws://127.0.0.1:9/v1/realtime',
    crystalPpm,
    model,
    flashPath,
    startsInDownload: true,
    faults: [],
  });
}
