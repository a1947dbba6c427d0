import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { JSONWebKeySet } from "jose";
import { checkpointsFrom } from "../storage/audit-checkpoints.ts";
import { type AuditFilter, readRecords, readSpan, type StoredRecord } from "../storage/audit-lists.ts";
import type { NotificationTables } from "../storage/tables.ts";

export interface AuditReadDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  /** The public keys that checkpoints are verified with. */
  readonly keys: JSONWebKeySet;
}

export const EVERYTHING: AuditFilter = {
  actor: "",
  action: "",
  deviceId: "",
  outcome: "",
  typePatterns: [],
  since: undefined,
  until: undefined,
};

const PAGE = 500;

export type ChainItem =
  | { readonly kind: "record"; readonly record: StoredRecord }
  | { readonly kind: "checkpoint"; readonly checkpoint: string };

export interface ChainBeginning {
  /** By the chain's own account. */
  readonly beginsAfter: number;
  readonly number: number;
  readonly signedThrough: number;
  /** The checkpoint after which it begins; empty when it begins with the first record, or when it is gone. */
  readonly checkpoint: string;
}

export async function readBeginning({ database }: AuditReadDeps, tenant: string): Promise<ChainBeginning> {
  return database.tenant(tenant, async ({ sql }) => {
    const { beginsAfter, number, signedThrough } = await readSpan(sql, tenant);
    const [found] = beginsAfter === 0 ? [] : await checkpointsFrom(sql, tenant, beginsAfter, 1);
    return { beginsAfter, number, signedThrough, checkpoint: found?.number === beginsAfter ? found.checkpoint : "" };
  });
}

/**
 * A tenant's chain in order up to where it ended at the beginning, each checkpoint after its last record. It is read page by
 * page, each in a transaction of its own: records are only ever added, so the pages fit.
 */
export async function* readChain(
  { database }: AuditReadDeps,
  tenant: string,
  { beginsAfter, number: end }: ChainBeginning,
): AsyncGenerator<ChainItem> {
  let at = beginsAfter;
  for (;;) {
    const { records, checkpoints } = await database.tenant(tenant, async ({ sql }) => ({
      records: await readRecords(sql, tenant, EVERYTHING, at, PAGE),
      checkpoints: await checkpointsFrom(sql, tenant, at + 1, PAGE),
    }));
    for (const record of records) {
      if (record.number > end) return;
      yield { kind: "record", record };
      at = record.number;
      const here = checkpoints.find(({ number }) => number === at);
      if (here !== undefined) yield { kind: "checkpoint", checkpoint: here.checkpoint };
    }
    if (records.length < PAGE) return;
  }
}
