/** Cells of one line; a line of a single cell is a heading and may be wider than its column. */
export type Row = readonly string[];

/** Lines up the first column and the last to the left, those between, which are numbers, to the right. */
export function formatTable(rows: readonly Row[]): string {
  const widths: number[] = [];
  for (const row of rows.filter(({ length }) => length > 1)) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  const line = (row: Row) =>
    row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return at === 0 || at === widths.length - 1 ? cell.padEnd(width) : cell.padStart(width);
    });
  return rows.map((row) => line(row).join('  ').trimEnd()).join('\n');
}
