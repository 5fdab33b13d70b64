import { BoardError } from '../../errors';
import type { Dialect } from './dialect';
import { editDistance } from './edit-distance';
import { idfChat } from './idf-chat';
import { micropythonChat } from './micropython-chat';
import { openaiDemo, openaiDemoBeta } from './openai-demo';
import { realtimeEmbeddedSdk } from './realtime-embedded-sdk';
import { realtimeWs } from './realtime-ws';
import { textChats } from './text-chat';

const dialects: readonly Dialect[] = [
  realtimeWs,
  openaiDemo,
  openaiDemoBeta,
  realtimeEmbeddedSdk,
  idfChat,
  micropythonChat,
  ...textChats,
];

/** Names of all dialects, as a bench file writes them. */
export const dialectNames: readonly string[] = dialects.map(({ description }) => description.name);

/** Names that dialects of a team's own cannot have. */
export const isDialectName = (name: string): boolean => dialectNames.includes(name);

/**
 * The dialect of that name.
 * @param own - Those of a team's own.
 * @throws BoardError `HIL_BOARD_UNKNOWN_DIALECT` with the names that exist, nearest first.
 */
export function dialectByName(name: string, own: readonly Dialect[] = []): Dialect {
  const dialect = [...own, ...dialects].find(({ description }) => description.name === name);
  if (dialect !== undefined) return dialect;
  const ownNames = own.map(({ description }) => description.name);
  const known = [...ownNames, ...dialectNames].sort((a, b) => editDistance(name, a) - editDistance(name, b));
  throw new BoardError(
    'HIL_BOARD_UNKNOWN_DIALECT',
    `There is no dialect "${name}"; did you mean ${known.slice(0, 3).join(', ')}?`,
    { dialect: name, known },
  );
}

/** The dialects whose firmware has this project name in its boot log; forks of one firmware share theirs. */
export const dialectsOfProject = (project: string): readonly Dialect[] =>
  dialects.filter((dialect) => dialect.project === project);
