import { createHash } from "node:crypto";
import type { DesiredStateChange, DesiredStatePlan } from "@muster/contracts/gen/muster/gateway/v1/desired_state";
import { Refusal } from "@muster/host/refusal";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { v7 as uuidv7 } from "uuid";
import {
  type Document,
  type DocumentProblem,
  readDocuments,
  type Wanted,
} from "../../domain/desired-state/documents.ts";
import { keyOf } from "../../domain/desired-state/kind.ts";
import { kindNamed } from "../../domain/desired-state/kinds.ts";
import type { Live } from "../../domain/desired-state/live.ts";
import { fieldNamedIn } from "../../domain/desired-state/shape.ts";
import { inOrder, type Step } from "../../domain/desired-state/step.ts";
import type { Principal } from "../../domain/principal.ts";
import { refuse } from "../../domain/refusals.ts";
import { insertPlan } from "../../storage/desired-state-plans.ts";
import { type KnownResource, listKnown } from "../../storage/desired-state-resources.ts";
import type { GatewayTables } from "../../storage/tables.ts";
import { compareDocument, missingReferences, namesYetToBe } from "./compare-document.ts";
import { contentHashes } from "./contents.ts";
import { inParallel } from "./in-parallel.ts";
import { planMessage } from "./plan-message.ts";
import { type PlanWork, sealWork } from "./plan-work.ts";
import type { ResourceKeepers } from "./ports.ts";
import { readLive } from "./read-live.ts";

export interface PlanDeps {
  readonly database: ServiceDatabase<GatewayTables>;
  readonly keepers: ResourceKeepers;
  readonly vault: Vault;
  /** For hashes of contents, which can hold secrets. */
  readonly hashKey: Buffer;
  readonly now: () => Date;
}

export interface PlanWish {
  readonly documents: readonly Document[];
  readonly prune: boolean;
  readonly owner: string;
}

export interface PlannedChange {
  readonly step: Step;
  readonly change: DesiredStateChange;
}

/** How many documents are checked at once. */
const AT_ONCE = 8;
const KEPT_MS = 3600_000;
const MAX_OWNER_LENGTH = 200;

/** Compares documents with what there is, and keeps what would have to be done. Nothing is changed. */
export const planDesiredState =
  (deps: PlanDeps) =>
  async ({ documents, prune, owner }: PlanWish, principal: Principal): Promise<DesiredStatePlan> => {
    const { database, hashKey, keepers, vault, now } = deps;
    const { tenant } = principal;
    if (owner.length > MAX_OWNER_LENGTH)
      throw refuse("desired_state.bad_owner", `an owner's name has at most ${MAX_OWNER_LENGTH} characters`);
    const { wanted, problems } = readDocuments(documents, (kind) => keepers.shape(kind));
    const known = await database.tenant(tenant, (work) => listKnown(work, tenant));
    const owned = known.filter((each) => each.owner === owner && each.made);
    const kinds = [...wanted.map(({ kind }) => kind.kind), ...owned.map(({ kind }) => kind)];
    const live = await readLive(keepers, kinds, principal);
    const unnamed = owned.filter(
      ({ kind, name, resource_id }) =>
        !wanted.some((each) => each.kind.kind === kind && each.name === name) &&
        live.named(kind, name).some(({ id }) => id === resource_id),
    );
    const createdAt = now();
    const draft: PlanDraft = { owner, prune, createdBy: principal.actor, createdAt, unchangedCount: 0, unnamed: [] };
    const wrong = [...problems, ...missingReferences(wanted, live, prune ? unnamed : [])];
    const changes = wrong.length > 0 ? [] : await changesOf(deps, { wanted, live, known, owner, principal }, wrong);
    if (wrong.length > 0) return planMessage({ ...draft, problems: wrong });
    if (prune) for (const { kind, name } of unnamed) changes.push(await removal(deps, kind, name, live, principal));

    const changeOf = new Map(changes.map(({ step, change }) => [step, change]));
    const steps = inOrder([...changeOf.keys()]);
    const seen = [...wanted.map(({ kind, name }) => ({ kind: kind.kind, name })), ...(prune ? unnamed : [])].map(
      ({ kind, name }) => ({ kind, name, digest: digestOf(deps, live, kind, name) }),
    );
    const work: PlanWork = {
      steps,
      seen,
      known: wanted.map((each) => ({
        kind: each.kind.kind,
        name: each.name,
        owner,
        contents: contentHashes(hashKey, tenant, each),
      })),
    };
    const plan = planMessage({
      ...draft,
      id: uuidv7(),
      fingerprint: createHash("sha256").update(JSON.stringify(seen)).digest("hex"),
      changes: steps.flatMap((step) => changeOf.get(step) ?? []),
      unchangedCount: wanted.length - changes.filter(({ step }) => step.action !== "delete").length,
      unnamed: prune ? [] : unnamed.map(({ kind, name }) => ({ kind, name })),
      expiresAt: new Date(createdAt.getTime() + KEPT_MS),
    });
    await database.tenant(tenant, (transaction) =>
      insertPlan(transaction, tenant, plan, sealWork(vault, tenant, plan.id, work)),
    );
    return plan;
  };

type PlanDraft = Pick<DesiredStatePlan, "owner" | "prune" | "createdBy" | "createdAt" | "unchangedCount" | "unnamed">;

interface Compared {
  readonly wanted: readonly Wanted[];
  readonly live: Live;
  readonly known: readonly KnownResource[];
  readonly owner: string;
  readonly principal: Principal;
}

/** What each document changes; what its service refuses becomes a problem. */
async function changesOf(
  { hashKey, keepers }: PlanDeps,
  { wanted, live, known, owner, principal }: Compared,
  problems: DocumentProblem[],
): Promise<PlannedChange[]> {
  const yetToBe = namesYetToBe(wanted, live);
  const knownByKey = new Map(known.map((each) => [keyOf(each), each]));
  const found = await inParallel(wanted, AT_ONCE, async (each) => {
    const before = knownByKey.get(keyOf({ kind: each.kind.kind, name: each.name }));
    if (before !== undefined && before.owner !== owner) {
      const message = `belongs to "${before.owner}": change it there, or plan on behalf of that owner`;
      problems.push({ document: each.document, path: "metadata.name", message });
      return undefined;
    }
    const hashes = contentHashes(hashKey, principal.tenant, each);
    try {
      return await compareDocument(keepers, { wanted: each, yetToBe, live, before, hashes, principal });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === "unavailable" || error.kind === "too_many") throw error;
      const field = fieldNamedIn(error.message, keepers.shape(each.kind));
      const path = "path" in error ? String(error.path) : field === "" ? "spec" : `spec.${field}`;
      problems.push({ document: each.document, path, message: error.message });
      return undefined;
    }
  });
  problems.sort((one, other) => one.document - other.document);
  return found.filter((each) => each !== undefined);
}

async function removal(
  { keepers }: PlanDeps,
  kindName: string,
  name: string,
  live: Live,
  principal: Principal,
): Promise<PlannedChange> {
  const kind = kindNamed(kindName);
  const [listed] = live.named(kindName, name);
  if (kind === undefined || listed === undefined) throw new Error("what is to be removed was found before");
  const before = await keepers.withContent(kind, listed, principal);
  const lasting = kind.isLost?.(listed.json) ?? false;
  return {
    step: {
      kind: kindName,
      name,
      action: "delete",
      wanted: undefined,
      before,
      lasting,
    },
    change: {
      kind: kindName,
      name,
      action: "DESIRED_STATE_ACTION_DELETE",
      resourceId: before.id,
      fields: [],
      deviceCount: kind.devices?.(listed.json),
    },
  };
}

/** A digest of a thing that is another one as soon as the thing is. */
export function digestOf({ keepers }: Pick<PlanDeps, "keepers">, live: Live, kindName: string, name: string): string {
  const kind = kindNamed(kindName);
  return kind === undefined ? "" : live.digest(kind, keepers.shape(kind), name);
}
