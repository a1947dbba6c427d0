/** ` — did you mean "labels"?`, when one of the names is near enough to what was written; empty otherwise. */
export function didYouMean(written: string, names: Iterable<string>): string {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  const nearEnough = Math.max(1, Math.floor(written.length / 3));
  return best !== undefined && best.distance <= nearEnough ? ` — did you mean "${best.name}"?` : "";
}

/** How many letters have to be put in, taken out, replaced, or exchanged with their neighbour. */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (line: number, column: number): number => rows[line]?.[column] ?? 0;
  for (let line = 1; line <= from.length; line++) {
    const row = [line];
    rows.push(row);
    for (let column = 1; column <= to.length; column++) {
      const same = from[line - 1] === to[column - 1];
      const exchanged = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      row[column] = Math.min(
        at(line - 1, column - 1) + (same ? 0 : 1),
        at(line - 1, column) + 1,
        at(line, column - 1) + 1,
        exchanged ? at(line - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(from.length, to.length);
}
