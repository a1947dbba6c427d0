import { Client } from "pg";

export interface KeptBytes {
  /** What inventory keeps, with indexes, for each device. */
  readonly eachDevice: number;
  /** What notification keeps, with indexes and the audit chain, for each event. */
  readonly eachEvent: number;
}

const SIZE = `
  select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'm')`;

/** How much of the disk a device and an event take; NaN where there are none. */
export async function keptBytes(databaseUrl: string): Promise<KeptBytes> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const bytesOf = async (schema: string): Promise<number> =>
      (await client.query<{ bytes: number }>(SIZE, [schema])).rows[0]?.bytes ?? 0;
    const countOf = async (table: string): Promise<number> =>
      (await client.query<{ count: number }>(`select count(*)::int as count from ${table}`)).rows[0]?.count ?? 0;
    return {
      eachDevice: (await bytesOf("inventory")) / (await countOf("inventory.devices")),
      eachEvent: (await bytesOf("notification")) / (await countOf("notification.activities")),
    };
  } finally {
    await client.end();
  }
}
