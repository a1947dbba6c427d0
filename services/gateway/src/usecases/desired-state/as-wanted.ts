import { isDeepStrictEqual } from "node:util";
import { Refusal } from "@muster/host/refusal";
import type { JsonObject, Kind, Resource } from "../../domain/desired-state/kind.ts";
import type { BringParts } from "./bring.ts";
import { retried } from "./retried.ts";

/** Whether somebody changed a thing after the revision that a change of it expected. */
export const isChanged = (error: unknown): boolean => error instanceof Refusal && error.kind === "changed";

/**
 * Whether a thing is what a step makes of it, as far as that can be seen: then it was this plan that changed it, in a call
 * that broke off or in a gateway that ended. What the service would refuse to keep, it did not keep.
 */
export async function isAsWanted(
  { keepers, live, principal }: BringParts,
  kind: Kind,
  present: Resource,
  wanted: JsonObject,
): Promise<boolean> {
  try {
    const kept = await retried(() => keepers.check(kind, present.id, wanted, principal));
    const said = (json: JsonObject) => [
      new Map(live.leaves(kind, keepers.shape(kind), json)),
      (kind.evidence ?? []).map((field) => json[field] ?? null),
    ];
    return isDeepStrictEqual(said(kept), said(present.json));
  } catch (error) {
    if (error instanceof Refusal && error.kind !== "unavailable") return false;
    throw error;
  }
}
