import type { Vault } from "@muster/vault/vault";
import type { Step } from "../../domain/desired-state/step.ts";
import type { KnownResource } from "../../storage/desired-state-resources.ts";

/** What a plan needs to be carried out and undone. */
export interface PlanWork {
  readonly steps: readonly Step[];
  /** A digest of each thing that the plan was made against. */
  readonly seen: readonly { readonly kind: string; readonly name: string; readonly digest: string }[];
  /** What is noted of each document that makes, changes or gives a content. */
  readonly known: readonly Omit<KnownResource, "resource_id" | "made">[];
}

/** Sealed, since it holds secrets that documents give. */
export const sealWork = (vault: Vault, tenant: string, planId: string, work: PlanWork): Buffer =>
  vault.seal(place(tenant, planId), Buffer.from(JSON.stringify(work)));

export const openWork = (vault: Vault, tenant: string, planId: string, sealed: Buffer): PlanWork =>
  JSON.parse(vault.open(place(tenant, planId), sealed).toString()) as PlanWork;

const place = (tenant: string, planId: string): string => `${tenant}/desired-state-plan/${planId}`;
