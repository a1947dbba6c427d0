/** Orders versions part by part: numbers as numbers, and a number above a word (1.10 > 1.9, 1.0 > 1.0-beta). */
export function compareVersions(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = compareParts(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

const partsOf = (version: string): string[] => version.match(/\d+|[a-z]+/gi) ?? [];

const isNumber = (part: string): boolean => /^\d/.test(part);

function compareParts(a: string | undefined, b: string | undefined): number {
  // 1.0 equals 1.0.0, and 1.0-beta comes before 1.0.
  if (a === undefined) return b === undefined ? 0 : isNumber(b) ? -Math.sign(Number(b)) : 1;
  if (b === undefined) return -compareParts(b, a);
  if (isNumber(a) && isNumber(b)) return Math.sign(Number(a) - Number(b));
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
