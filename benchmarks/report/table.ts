/** Lines of text with their columns under one another; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')
  const [first = [], ...rest] = rows
  return [line(first), widths.map((width) => '─'.repeat(width)).join('  '), ...rest.map(line)].join('\n')
}
