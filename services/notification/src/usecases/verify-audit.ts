import { ChainCheck, type Fault } from "@muster/audit-chain/chain-check";
import { readCheckpoint } from "@muster/audit-chain/checkpoint";
import { strayColumns } from "../domain/audit-content.ts";
import { findStray } from "../storage/audit-lists.ts";
import {
  type AuditReadDeps,
  type ChainBeginning,
  type ChainItem,
  readBeginning,
  readChain,
} from "./read-audit-chain.ts";

export interface Progress {
  readonly first: number;
  readonly last: number;
  readonly signedThrough: number;
  readonly done: boolean;
  readonly fault: Fault | undefined;
}

const TELL_EVERY = 5_000;

/** Recomputes a tenant's chain from what is stored, up to the first thing that is wrong. */
export async function* verifyAudit(deps: AuditReadDeps, tenant: string): AsyncGenerator<Progress> {
  for (;;) {
    const beginning = await readBeginning(deps, tenant);
    const fault = yield* verifyOnce(deps, tenant, beginning);
    // Records that were removed after their time while this went on are not missing.
    if (fault === undefined || (await readBeginning(deps, tenant)).beginsAfter === beginning.beginsAfter) return;
  }
}

async function* verifyOnce(
  deps: AuditReadDeps,
  tenant: string,
  beginning: ChainBeginning,
): AsyncGenerator<Progress, Fault | undefined> {
  const { beginsAfter } = beginning;
  const begun = beginsAfter === 0 ? undefined : await readCheckpoint(beginning.checkpoint, deps.keys);
  const check = new ChainCheck(tenant, begun);
  const progress = (done: boolean, fault?: Fault): Progress => ({
    first: beginsAfter + 1,
    last: check.number,
    signedThrough: check.signedThrough,
    done,
    fault,
  });
  let fault = beginsAfter > 0 && begun?.number !== beginsAfter ? unfounded(beginsAfter) : undefined;
  if (fault === undefined) {
    for await (const item of readChain(deps, tenant, beginning)) {
      fault = await checkItem(deps, check, item);
      if (fault !== undefined) break;
      if (item.kind === "record" && item.record.number % TELL_EVERY === 0) yield progress(false);
    }
  }
  fault ??= faultAtTheEnd(check, beginning) ?? (await strayFault(deps, tenant));
  yield progress(true, fault);
  return fault;
}

async function checkItem(deps: AuditReadDeps, check: ChainCheck, item: ChainItem): Promise<Fault | undefined> {
  if (item.kind === "checkpoint") return check.checkpoint(await readCheckpoint(item.checkpoint, deps.keys));
  const { record } = item;
  const fault = check.link(record);
  if (fault !== undefined) return fault;
  const columns = strayColumns(record.content, record);
  if (columns.length === 0) return undefined;
  const detail = `record ${record.number} was changed: ${columns.join(", ")} are not what its content says`;
  return { number: record.number, kind: "columns", detail };
}

/** The chain's own account of its end, held against what was found. */
function faultAtTheEnd(check: ChainCheck, { number, signedThrough }: ChainBeginning): Fault | undefined {
  if (check.number < number) {
    const detail = `the chain ends at record ${check.number}, and had come to ${number}`;
    return { number: check.number + 1, kind: "truncated", detail };
  }
  if (check.signedThrough < signedThrough) {
    const detail = `the checkpoint at record ${signedThrough} is missing`;
    return { number: check.signedThrough + 1, kind: "checkpoint", detail };
  }
  return undefined;
}

async function strayFault({ database }: AuditReadDeps, tenant: string): Promise<Fault | undefined> {
  const stray = await database.tenant(tenant, ({ sql }) => findStray(sql, tenant));
  if (stray === undefined) return undefined;
  const { number, kind } = stray;
  return kind === "record"
    ? { number, kind: "unexpected", detail: `record ${number} stands outside the chain` }
    : { number, kind: "truncated", detail: `a checkpoint was signed at record ${number}, and the chain ends before` };
}

const unfounded = (beginsAfter: number): Fault => ({
  number: beginsAfter + 1,
  kind: "checkpoint",
  detail: `the chain begins after record ${beginsAfter}, and no signed checkpoint stands there`,
});
