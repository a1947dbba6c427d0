import type { Checkpoint, CheckpointSigner } from "@muster/audit-chain/checkpoint";
import { merkleRoot } from "@muster/audit-chain/merkle-tree";
import { BEGINNING } from "@muster/audit-chain/record-hash";
import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import { type AuditHead, type AuditRecord, extend, isCheckpointDue } from "../domain/audit-head.ts";
import {
  insertRecords,
  moveCursor,
  readHeads,
  readUnsealed,
  saveHeads,
  takeChains,
  type UnsealedEvent,
} from "../storage/audit-chain.ts";
import { insertCheckpoint, readHashes } from "../storage/audit-checkpoints.ts";
import type { NotificationTables } from "../storage/tables.ts";

export interface SealDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly sign: CheckpointSigner;
  readonly now: () => Date;
  /** How long a record waits for its checkpoint at most. */
  readonly checkpointSeconds: number;
}

export interface Sealed {
  readonly records: number;
  readonly checkpoints: number;
  /** Whether there may be more at once. */
  readonly isFull: boolean;
}

/** Larger batches gain nothing, and hold up those who read the event stream for as long as they are written. */
const BATCH = 1_000;

/**
 * Adds what is new to the tenants' chains, and signs what is due: all in one transaction with the cursor, so that each
 * event is in its chain once, whoever dies when. One replica at a time does it; for the others there is nothing to do.
 */
export function sealAudit({ database, sign, now, checkpointSeconds }: SealDeps): Promise<Sealed> {
  return database.system(async (work) => {
    const { sql } = work;
    if (!(await takeChains(sql))) return { records: 0, checkpoints: 0, isFull: false };
    const sealedAt = now();
    const events = await readUnsealed(sql, BATCH);
    const byTenant = Map.groupBy(events, ({ tenant }) => tenant);
    const waitingSince = new Date(sealedAt.getTime() - checkpointSeconds * 1_000);
    const known = await readHeads(sql, [...byTenant.keys()], waitingSince);
    const heads = new Map(known.map((head) => [head.tenant, head]));
    const records: AuditRecord[] = [];
    for (const [tenant, ofTenant] of byTenant) {
      const extended = extend(heads.get(tenant) ?? emptyChain(tenant), ofTenant.map(auditedEvent), sealedAt);
      heads.set(tenant, extended.head);
      records.push(...extended.records);
    }
    if (records.length > 0) await insertRecords(sql, records);
    let checkpoints = 0;
    for (const head of heads.values()) {
      if (!isCheckpointDue(head, sealedAt, checkpointSeconds)) continue;
      heads.set(head.tenant, await checkpointed(work, head, sign, sealedAt));
      checkpoints++;
    }
    if (heads.size > 0) await saveHeads(sql, [...heads.values()]);
    const last = events.at(-1);
    if (last !== undefined) await moveCursor(sql, last.position);
    return { records: records.length, checkpoints, isFull: events.length === BATCH };
  });
}

const emptyChain = (tenant: string): AuditHead => ({
  tenant,
  number: 0,
  hash: BEGINNING,
  signedThrough: 0,
  unsignedCount: 0,
  unsignedSince: undefined,
});

const auditedEvent = ({ position: _position, tenant: _tenant, ...event }: UnsealedEvent) => event;

async function checkpointed(
  work: Work<NotificationTables>,
  head: AuditHead,
  sign: CheckpointSigner,
  at: Date,
): Promise<AuditHead> {
  const { tenant, number, hash } = head;
  const first = head.signedThrough + 1;
  const leaves = await readHashes(work.sql, tenant, first, number);
  const stated: Checkpoint = { tenant, first, number, hash, root: merkleRoot(leaves), time: at.toISOString() };
  const checkpoint = await sign(stated);
  await insertCheckpoint(work.sql, tenant, { first, number, checkpoint }, at);
  work.emit({
    type: "muster.notification.v1.AuditCheckpointed",
    tenant,
    data: { number, hash, checkpointedAt: at, checkpoint },
  });
  return { ...head, signedThrough: number, unsignedCount: 0, unsignedSince: undefined };
}
