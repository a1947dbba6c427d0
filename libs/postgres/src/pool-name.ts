import type { Pool } from "pg";

const PREFIX = "muster-";

/** What a pool's connections call themselves; Postgres shows it in pg_stat_activity. */
export const poolName = (schema: string): string => `${PREFIX}${schema}`;

/** The schema that a pool's connections work in. */
export const schemaOf = ({ options }: Pool): string => options.application_name?.replace(PREFIX, "") ?? "";
