import { displayWidth, pad } from '../display-width';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Never wider than this; longer text is cut. */
  readonly atMost: number;
}

/** A cell, or a cell with a colour that is put on after it was cut and filled. */
export type Cell = string | { readonly text: string; readonly colour: (text: string) => string };

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);

/** Lines of a table, title line first, columns two blanks apart and as wide as they need to be. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  titleColour: (text: string) => string,
): string[] {
  const widths = columns.map((column, index) => {
    const cells = rows.map((row) => displayWidth(textOf(row[index] ?? '')));
    return Math.min(column.atMost, Math.max(displayWidth(column.title), ...cells));
  });
  const line = (cells: readonly Cell[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const fitted = pad(textOf(cell), widths[index] ?? 0, align);
        return typeof cell === 'string' ? fitted : cell.colour(fitted);
      })
      .join('  ')
      .trimEnd();
  return [titleColour(line(columns.map(({ title }) => title))), ...rows.map(line)];
}
