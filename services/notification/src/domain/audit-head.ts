import { contentHash, recordHash } from "@muster/audit-chain/record-hash";
import { type AuditedEvent, type AuditFacets, contentOf, facetsOf } from "./audit-content.ts";

/** Where a tenant's chain ends. */
export interface AuditHead {
  readonly tenant: string;
  readonly number: number;
  readonly hash: string;
  readonly signedThrough: number;
  /** Records since the last checkpoint, but for those that tell of checkpoints: those alone are no reason for another. */
  readonly unsignedCount: number;
  readonly unsignedSince: Date | undefined;
}

export interface AuditRecord extends AuditFacets {
  readonly tenant: string;
  readonly number: number;
  readonly sealedAt: Date;
  readonly content: string;
  readonly contentHash: string;
  readonly previousHash: string;
  readonly hash: string;
}

const CHECKPOINT_TOLD = "muster.notification.v1.AuditCheckpointed";

/** Adds events to a chain, in their order. */
export function extend(
  head: AuditHead,
  events: readonly AuditedEvent[],
  sealedAt: Date,
): { readonly head: AuditHead; readonly records: readonly AuditRecord[] } {
  const { tenant } = head;
  let { number, hash: previousHash } = head;
  const records = events.map((event): AuditRecord => {
    const content = contentOf(event);
    const link = { number: ++number, sealedAt, previousHash, contentHash: contentHash(content) };
    const hash = recordHash(tenant, link);
    previousHash = hash;
    return { tenant, ...link, content, hash, ...facetsOf(event) };
  });
  const counted = events.filter(({ type }) => type !== CHECKPOINT_TOLD).length;
  return {
    records,
    head: {
      ...head,
      number,
      hash: previousHash,
      unsignedCount: head.unsignedCount + counted,
      unsignedSince: head.unsignedSince ?? (counted > 0 ? sealedAt : undefined),
    },
  };
}

/** At most about this many records share a checkpoint: its tree is rebuilt for each proof. */
const RECORDS_PER_CHECKPOINT = 4_096;

export const isCheckpointDue = (head: AuditHead, now: Date, everySeconds: number): boolean =>
  head.unsignedCount > 0 &&
  (head.number - head.signedThrough >= RECORDS_PER_CHECKPOINT ||
    now.getTime() - (head.unsignedSince?.getTime() ?? 0) >= everySeconds * 1_000);
