import { sql, type Transaction } from "kysely";
import type { Command } from "../domain/command.ts";
import { type CommandRow, commandColumns, commandOf } from "./command-row.ts";
import type { CommandDatabase } from "./tables.ts";

/**
 * The oldest commands of all tenants that end the management of a device and can be carried out now, locked, and those that
 * were withdrawn while that went on and came to nothing; what another replica carries out is left to it.
 */
export async function lockUnenrollments(
  db: Transaction<CommandDatabase>,
  now: Date,
  limit: number,
): Promise<Command[]> {
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from commands c
    where c.type = 'unenroll' and c.ended_at is null and c.expires_at > ${now}
      and (c.state = 'queued' or c.lease_until <= ${now})
    order by c.seq limit ${limit} for update skip locked`.execute(db);
  return rows.map(commandOf);
}
