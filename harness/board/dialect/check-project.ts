import { BoardError } from '../../errors';
import type { FirmwareIdentity } from '../../ports';
import type { Dialect } from './dialect';
import { dialectsOfProject } from './dialect-registry';

/**
 * The error for a board that runs another project than the dialect is for; undefined when they agree or when the boot log
 * names no project.
 */
export function wrongDialect(
  board: string,
  dialect: Dialect,
  firmware: FirmwareIdentity,
): BoardError | undefined {
  const { project } = firmware;
  if (project === undefined || project === dialect.project) return undefined;
  const { name } = dialect.description;
  const fitting = dialectsOfProject(project).map(({ description }) => description.name);
  const hint = fitting.length === 0 ? '' : `, which speaks ${fitting.map((one) => `"${one}"`).join(' or ')}`;
  return new BoardError(
    'HIL_BOARD_WRONG_DIALECT',
    `Board ${board} runs project "${project}"${hint}; dialect "${name}" needs project "${dialect.project}".`,
    {
      board,
      dialect: name,
      expectedProject: dialect.project,
      project,
      fittingDialects: fitting,
      firmware,
    },
  );
}
