import { boardCodes } from './board';
import { configCodes } from './config';
import { fleetCodes } from './fleet';
import { findingCodes } from './verdict';
import { providerCodes } from './provider';
import { rigCodes } from './rig';
import { runCodes } from './run';

/** Every error code of the project. A test walks it: each code is used, has a remedy and is listed in docs/errors.md. */
export const catalogue = {
  ...boardCodes,
  ...rigCodes,
  ...providerCodes,
  ...configCodes,
  ...runCodes,
  ...fleetCodes,
  ...findingCodes,
} as const;

export type ErrorCode = keyof typeof catalogue;
