import { inclusionPath } from "@muster/audit-chain/merkle-tree";
import { checkpointsFrom, readHashes } from "../storage/audit-checkpoints.ts";
import { type AuditFilter, readRecords, type StoredRecord } from "../storage/audit-lists.ts";
import { type AuditReadDeps, EVERYTHING, readBeginning, readChain } from "./read-audit-chain.ts";

export interface Proof {
  /** The compact JWS. */
  readonly checkpoint: string;
  readonly path: readonly string[];
}

export type ExportItem =
  | { readonly kind: "begin"; readonly complete: boolean; readonly beginsAfter: string }
  | { readonly kind: "record"; readonly record: StoredRecord; readonly proof: Proof | undefined }
  | { readonly kind: "checkpoint"; readonly checkpoint: string }
  | { readonly kind: "end"; readonly records: number };

const PAGE = 500;

/** The whole chain with its checkpoints, or with a filter the records that match, each with its own proof. */
export async function* exportAudit(
  deps: AuditReadDeps,
  tenant: string,
  filter: AuditFilter,
): AsyncGenerator<ExportItem> {
  const complete = JSON.stringify(filter) === JSON.stringify(EVERYTHING);
  let records = 0;
  if (complete) {
    const beginning = await readBeginning(deps, tenant);
    yield { kind: "begin", complete, beginsAfter: beginning.checkpoint };
    for await (const item of readChain(deps, tenant, beginning)) {
      if (item.kind === "record") records++;
      yield item.kind === "record" ? { ...item, proof: undefined } : item;
    }
  } else {
    yield { kind: "begin", complete, beginsAfter: "" };
    for await (const record of selected(deps, tenant, filter)) {
      records++;
      yield record;
    }
  }
  yield { kind: "end", records };
}

async function* selected(deps: AuditReadDeps, tenant: string, filter: AuditFilter): AsyncGenerator<ExportItem> {
  const prove = prover(deps, tenant);
  let at = 0;
  for (;;) {
    const page = await deps.database.tenant(tenant, ({ sql }) => readRecords(sql, tenant, filter, at, PAGE));
    for (const record of page) {
      yield { kind: "record", record, proof: await prove(record.number) };
      at = record.number;
    }
    if (page.length < PAGE) return;
  }
}

interface Part {
  readonly first: number;
  readonly number: number;
  readonly checkpoint: string;
  readonly hashes: readonly string[];
}

/** Proves records that are asked for in order; neighbours under one checkpoint share what is read. */
export function prover({ database }: AuditReadDeps, tenant: string): (number: number) => Promise<Proof | undefined> {
  let part: Part | undefined;
  return async (number) => {
    if (part === undefined || number < part.first || number > part.number) part = await partOf(number);
    if (part === undefined) return undefined;
    return { checkpoint: part.checkpoint, path: inclusionPath(part.hashes, number - part.first) };
  };

  function partOf(number: number): Promise<Part | undefined> {
    return database.tenant(tenant, async ({ sql }) => {
      const [found] = await checkpointsFrom(sql, tenant, number, 1);
      if (found === undefined) return undefined;
      return { ...found, hashes: await readHashes(sql, tenant, found.first, found.number) };
    });
  }
}
