import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import type { RestClient } from "../../journeys/testing/rest-client.ts";
import { type Finding, finding } from "./check.ts";

interface Verification {
  readonly last?: string;
  readonly done?: boolean;
  readonly fault?: { readonly number: string; readonly kind: string; readonly detail: string };
}

const SEALED_WITHIN_MS = 60_000;

/** The chain proves itself, and holds every event once. */
export async function auditWhole(api: RestClient, client: Client): Promise<Finding> {
  const deadline = performance.now() + SEALED_WITHIN_MS;
  let missing = await unsealed(client);
  while (missing > 0 && performance.now() < deadline) {
    await pause(250);
    missing = await unsealed(client);
  }
  const steps = await api.lines<Verification>("/api/v1/audit/verification");
  const last = steps.at(-1);
  const { rows } = await client.query<{ id: string }>(
    "select content::jsonb ->> 'id' as id from notification.audit_records group by 1 having count(*) > 1 limit 50",
  );
  return finding("the audit chain is whole and holds every event once", Number(last?.last ?? 0), [
    ...(last?.done === true ? [] : ["the verification did not come to its end"]),
    ...steps.flatMap(({ fault }) => (fault ? [`record ${fault.number}: ${fault.kind}, ${fault.detail}`] : [])),
    ...rows.map(({ id }) => `event ${id} is recorded more than once`),
    ...(missing > 0 ? [`${missing} events are not recorded`] : []),
  ]);
}

async function unsealed(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int from (
       select id::text from notification.activities
       except select content::jsonb ->> 'id' from notification.audit_records) as missing`,
  );
  return rows[0]?.count ?? 0;
}
