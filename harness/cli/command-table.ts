import type { Argv } from 'yargs';
import { addBoards } from './command-table/boards';
import { addCalibrate } from './command-table/calibrate';
import { addCerts } from './command-table/certs';
import { addChildCommands } from './command-table/child-commands';
import { addDecode } from './command-table/decode';
import { addDevices } from './command-table/devices';
import { addDoctor } from './command-table/doctor';
import { addInit } from './command-table/init';
import { addMicropython } from './command-table/micropython';
import { addFleet } from './command-table/fleet';
import { addFlash } from './command-table/flash';
import { addMonitor } from './command-table/monitor';
import { addProbe } from './command-table/probe';
import { addPrompts } from './command-table/prompts';
import { addProvider } from './command-table/provider';
import { addBaseline, addGate } from './command-table/gate';
import { addRecord } from './command-table/record';
import { addPublish } from './command-table/publish';
import { addReport } from './command-table/report';
import { addRun } from './command-table/run';
import { addSoak } from './command-table/soak';
import { addVirtualBoard } from './command-table/virtual-board';
import type { TakeExitCode } from './command-table/take-exit-code';

export { UsageError } from './command-table/argument-checks';
export { faultChoices } from './command-table/fault-choices';
export { DEFAULT_MARGIN_MS, type BaselineChoice } from './command-table/baseline-choice';
export type { ProviderChoice } from './command-table/provider-choice';

/** In the order in which `--help` lists them. */
const commands = [
  addRun,
  addSoak,
  addFleet,
  addReport,
  addGate,
  addBaseline,
  addPublish,
  addInit,
  addDoctor,
  addDevices,
  addBoards,
  addCalibrate,
  addMonitor,
  addDecode,
  addMicropython,
  addFlash,
  addProvider,
  addProbe,
  addCerts,
  addVirtualBoard,
  addRecord,
  addPrompts,
  addChildCommands,
];

/** Adds every command, the hidden ones of child processes included. */
export const addCommands = (parser: Argv, exit: TakeExitCode): Argv =>
  commands.reduce((sofar, add) => add(sofar, exit), parser);
