import { join } from 'node:path';

/** What is forked for a lane: the compiled entry beside this file. */
export const laneProgram = join(__dirname, 'lane-child.js');
