import { isDeepStrictEqual } from "node:util";
import type { Declaration } from "@muster/contracts/gen/muster/policy/v1/declaration";
import { expectRevision } from "@muster/host/revision";
import type { Work } from "@muster/postgres/service-database";
import type { Caller } from "@muster/rpc/caller";
import { type DeclarationDraft, draftOf } from "../../domain/declarations/declaration-draft.ts";
import { kindOf } from "../../domain/declarations/kind.ts";
import { assetsIn, configurationsIn } from "../../domain/declarations/references.ts";
import { refuse } from "../../domain/refusals.ts";
import { saveContent } from "../../storage/declarations/contents.ts";
import {
  deleteDeclaration,
  findDeclaration,
  type HeldDeclaration,
  listDeclarations,
  saveDeclaration,
} from "../../storage/declarations/declarations.ts";
import type { PolicyTables } from "../../storage/tables.ts";
import type { WriteDeps } from "../write-policy.ts";
import { refitDeclarations } from "./refit-declarations.ts";

export interface DeclarationDeps extends WriteDeps {
  /** The public origin of the device doors. */
  readonly origin: string;
  readonly sealContent: (tenant: string, sha256: string, content: Uint8Array) => Buffer;
}

export const createDeclaration =
  (deps: DeclarationDeps) =>
  (caller: Caller, asked: Declaration | undefined): Promise<HeldDeclaration> => {
    const { actor, tenant } = caller;
    const id = deps.newId();
    const draft = draftOf(asked, id, deps.origin);
    const held = { ...draft, tenant, id, revision: 1, updatedBy: actor, updatedAt: deps.now() };
    return deps.changes.tenant(tenant, async (work) => {
      await write(work, deps, held, asked);
      return held;
    });
  };

/** Replaces a declaration. Asking for what it is already changes nothing. */
export const updateDeclaration =
  (deps: DeclarationDeps) =>
  (
    { actor, tenant }: Caller,
    id: string,
    asked: Declaration | undefined,
    expected: readonly number[],
  ): Promise<HeldDeclaration> =>
    deps.changes.tenant(tenant, async (work) => {
      const before = await findDeclaration(work.sql, tenant, id);
      expectRevision(before, expected);
      const draft = draftOf(asked, id, deps.origin, before);
      if (isDeepStrictEqual(draft, draftIn(before))) return before;
      const held = { ...before, ...draft, revision: before.revision + 1, updatedBy: actor, updatedAt: deps.now() };
      await write(work, deps, held, asked);
      return held;
    });

/** A declaration as it would be kept in place of the one with the id, or as a new one when it is empty; nothing is changed. */
export const checkDeclaration =
  (deps: DeclarationDeps) =>
  async ({ actor, tenant }: Caller, id: string, asked: Declaration | undefined): Promise<HeldDeclaration> => {
    const before =
      id === "" ? undefined : await deps.database.tenant(tenant, ({ sql }) => findDeclaration(sql, tenant, id));
    const kept = before?.id ?? deps.newId();
    const draft = draftOf(asked, kept, deps.origin, before);
    return { ...draft, tenant, id: kept, revision: before?.revision ?? 1, updatedBy: actor, updatedAt: deps.now() };
  };

export const removeDeclaration =
  (deps: DeclarationDeps) =>
  ({ tenant }: Caller, id: string, expected: readonly number[]): Promise<void> =>
    deps.changes.tenant(tenant, async (work) => {
      const { identifier, revision } = await findDeclaration(work.sql, tenant, id);
      expectRevision({ revision }, expected);
      const users = referrersTo(identifier, await listDeclarations(work.sql, [tenant]));
      if (users.length > 0)
        throw refuse(
          "declaration.in_use",
          `${users.map(({ name }) => name).join(", ")} refers to it: change that first`,
        );
      await deleteDeclaration(work.sql, tenant, id);
      await refitDeclarations(work, deps, { tenant, declarationIds: [], identifiers: [identifier] });
    });

async function write(
  work: Work<PolicyTables>,
  deps: DeclarationDeps,
  held: HeldDeclaration,
  asked: Declaration | undefined,
): Promise<void> {
  const { contentSha256: sha256, contentType, identifier, tenant } = held;
  const others = (await listDeclarations(work.sql, [tenant])).filter(({ id }) => id !== held.id);
  const missing = missingReferences(held, others);
  if (missing.length > 0) throw refuse("declaration.invalid", missing.join("; "));
  await saveDeclaration(work.sql, held);
  if (asked !== undefined && asked.content.length > 0) {
    const sealed = deps.sealContent(tenant, sha256, asked.content);
    await saveContent(work.sql, { tenant, sha256, contentType, sealed });
  }
  // What refers to it may be for devices that it was left out for until now.
  const around = [held, ...withReferrers(referrersTo(identifier, others), others)];
  await refitDeclarations(work, deps, {
    tenant,
    declarationIds: around.map(({ id }) => id),
    identifiers: around.map((each) => each.identifier),
  });
}

const referencesOf = ({ payload, type }: DeclarationDraft): string[] =>
  kindOf(type) === "activation" ? configurationsIn(payload) : assetsIn(payload);

const referrersTo = (identifier: string, among: readonly HeldDeclaration[]): HeldDeclaration[] =>
  among.filter((each) => referencesOf(each).includes(identifier));

/** An asset is referred to by configurations, and these by activations. */
const withReferrers = (direct: readonly HeldDeclaration[], among: readonly HeldDeclaration[]): HeldDeclaration[] => [
  ...direct,
  ...direct.flatMap(({ identifier }) => referrersTo(identifier, among)),
];

/** What a declaration refers to and is not there, or is of another kind. */
function missingReferences(draft: DeclarationDraft, others: readonly HeldDeclaration[]): string[] {
  const wanted = kindOf(draft.type) === "activation" ? "configuration" : "asset";
  const there = new Set(others.filter(({ type }) => kindOf(type) === wanted).map(({ identifier }) => identifier));
  return referencesOf(draft)
    .filter((identifier) => !there.has(identifier))
    .map((identifier) => `payload refers to ${identifier}, and there is no such ${wanted}`);
}

function draftIn(held: HeldDeclaration): DeclarationDraft {
  const { id: _id, revision: _revision, tenant: _tenant, updatedAt: _at, updatedBy: _by, ...draft } = held;
  return draft;
}
