import type { DesiredStateDocument } from "@muster/contracts/gen/muster/gateway/v1/desired_state";
import type { DesiredStateServiceServer } from "@muster/contracts/gen/muster/gateway/v1/desired_state_service";
import type { Document } from "../../domain/desired-state/documents.ts";
import type { OwnMethods } from "../own-methods.ts";
import type { DesiredState } from "./desired-state.ts";

/** DesiredStateService as the gateway answers it: with the caller as proved here, its role included. */
export type DesiredStateMethods = OwnMethods<DesiredStateServiceServer>;

export function desiredStateMethods(desiredState: DesiredState): DesiredStateMethods {
  return {
    planDesiredState: async ({ documents, prune, owner }, principal) => ({
      plan: await desiredState.plan(
        { documents: documents.map(documentOf), prune, owner: owner === "" ? "default" : owner },
        principal,
      ),
    }),
    getDesiredStatePlan: async ({ id }, principal) => ({ plan: await desiredState.get(id, principal) }),
    exportDesiredState: ({ kinds }, principal) => desiredState.export(kinds, principal),
    applyDesiredState: async ({ id }, principal) => ({ plan: await desiredState.apply(id, principal) }),
  };
}

const documentOf = ({ kind, name, spec, values }: DesiredStateDocument): Document => ({
  kind,
  name,
  spec: spec ?? {},
  values: new Map(Object.entries(values)),
});
