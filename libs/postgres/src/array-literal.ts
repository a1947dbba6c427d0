const LAST_YEAR = 9_999;

/**
 * An array as Postgres reads it; undefined for one that holds something else than text, numbers, truth values and times. pg writes
 * arrays as well, but looks at each element several times and puts times together from their parts: statements over arrays spend
 * more on that than on anything else they do here.
 */
export function arrayLiteral(values: readonly unknown[]): string | undefined {
  let literal = "{";
  let time: Date | undefined;
  let timeText = "";
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    if (place > 0) literal += ",";
    if (value === null || value === undefined) literal += "NULL";
    else if (typeof value === "string") literal += quoted(value);
    else if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") literal += value;
    else if (value instanceof Date) {
      // The times of one statement are mostly one time.
      if (value !== time) {
        const year = value.getUTCFullYear();
        if (!(year > 0 && year <= LAST_YEAR)) return undefined;
        timeText = value.toISOString();
        time = value;
      }
      literal += timeText;
    } else return undefined;
  }
  return `${literal}}`;
}

/** Most texts are ids and plain words, in which there is nothing to escape. */
const quoted = (text: string): string =>
  text.includes('"') || text.includes("\\") ? `"${text.replace(/["\\]/g, "\\$&")}"` : `"${text}"`;
