import { sql } from "kysely";
import { type Condition, meets } from "../domain/label-condition.ts";
import type { InventoryWork } from "./schema.ts";

/** Those of the devices that have a fact which meets the condition. */
export async function devicesMeeting(
  { sql: transaction }: InventoryWork,
  tenant: string,
  condition: Condition,
  deviceIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ device_id: string; value: unknown }>`
    select device_id, value from facts
    where tenant = ${tenant} and device_id = any(${[...deviceIds]}::uuid[]) and name = ${condition.fact}`.execute(
    transaction,
  );
  return new Set(rows.filter(({ value }) => meets(condition, value)).map(({ device_id }) => device_id));
}
