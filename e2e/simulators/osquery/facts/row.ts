import type { SeededRandom } from "../../seeded-random.ts";
import type { HostIdentity } from "../host-identity.ts";
import type { TableName } from "../schema/all-tables.ts";

/** One row of a table; a column that is missing is answered as osquery answers nothing: an empty text. */
export type Row = Readonly<Record<string, string | number>>;

/** Makes the first state of a table. Called at most once per host, with a random stream of the table's own. */
export type TableBuilder = (host: HostIdentity, random: SeededRandom) => Row[];

export type TableBuilders = Partial<Record<TableName, TableBuilder>>;
