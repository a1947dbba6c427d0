import { sql } from "kysely";
import { TENANT, type TestPlatform } from "./test-platform.ts";

interface Due {
  readonly device_id: string;
  readonly cause: string;
  readonly attempts: number;
  readonly waits_s: number;
}

/** The pushes that are still to be sent. */
export const pushDues = ({ database }: TestPlatform): Promise<Due[]> =>
  database.database.tenant(TENANT, async (work) => {
    const { rows } = await sql<Due>`
      select device_id, cause, attempts, extract(epoch from due_at - now())::float8 as waits_s
      from apple_push_dues`.execute(work.sql);
    return rows;
  });

/** Makes all of them due now. */
export const hurryDues = ({ database }: TestPlatform): Promise<unknown> =>
  database.database.tenant(TENANT, (work) => sql`update apple_push_dues set due_at = now()`.execute(work.sql));
