/** One question about a device whose answer is one fact, or one source of software. */
export interface DetailQuery {
  /** The fact's name; the name asked is muster_detail_<fact>. */
  readonly fact: string;
  readonly sql: string;
  /** The fact is an object when the answer is one row by nature, else a list of rows in a fixed order. */
  readonly shape: "object" | "list";
  /** Columns that are numbers; osquery sends all values as text. */
  readonly numbers?: readonly string[];
  /** Columns that are seconds since 1970. */
  readonly times?: readonly string[];
  /** Columns that change all the time: they are left out of what is compared and kept. */
  readonly volatile?: readonly string[];
  /** The rows are software of this source: name, version, vendor. */
  readonly software?: string;
  /** Runs first on the host: without a row the query is not run, as where a table may be missing. */
  readonly discovery?: string;
}

/** A discovery query that has a row only where the host has the table. */
export const whereTableExists = (table: string): string =>
  `select 1 from osquery_registry where registry = 'table' and name = '${table}' and active = 1`;
