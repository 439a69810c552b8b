/** Readable in a log, and the most that is easily read on a terminal. */
export const mostColumns = 100;
/** Below this, words would stand one by one. */
const leastColumns = 40;

/** How wide a text for this stream may be: as its terminal, if it is one. */
export function columnsOf({ columns }: { readonly columns?: number | undefined }): number {
  return Math.max(leastColumns, Math.min(columns ?? mostColumns, mostColumns));
}

/** Breaks a text between words into lines that fit beside an indentation. */
export function wrap(text: string, indentation: number, columns = mostColumns): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && indentation + line.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** A block for each row, of names and cells, for a table that is too wide. */
export function blocks(rows: readonly (readonly string[])[], columns: number): string[] {
  const [names = [], ...cells] = rows;
  return cells.flatMap((row) => {
    const [first = '', ...rest] = wrap(
      row.map((cell, at) => `${names[at]} ${cell || '-'}`).join(', '),
      2,
      columns,
    );
    return [first, ...rest.map((line) => `  ${line}`)];
  });
}

/** Lines of cells, each column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
