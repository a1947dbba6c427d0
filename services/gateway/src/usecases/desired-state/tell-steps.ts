import type { Work } from "@muster/postgres/service-database";
import type { JsonObject } from "../../domain/desired-state/kind.ts";
import { kindNamed } from "../../domain/desired-state/kinds.ts";
import type { Step } from "../../domain/desired-state/step.ts";
import type { Principal } from "../../domain/principal.ts";
import type { GatewayTables } from "../../storage/tables.ts";
import type { Act, ResourceKeepers } from "./ports.ts";

/** A step that was taken, or undone. */
export interface DoneStep {
  readonly step: Step;
  readonly act: Act;
  readonly resourceId: string;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/** Tells each thing that a plan made, changed or removed as an action, as if it had been asked for by itself. */
export function tellSteps(
  work: Work<GatewayTables>,
  keepers: ResourceKeepers,
  { planId, principal, now }: { readonly planId: string; readonly principal: Principal; readonly now: Date },
  done: readonly DoneStep[],
): void {
  for (const { step, act, resourceId, before, after } of done) {
    const kind = kindNamed(step.kind);
    if (kind === undefined) continue;
    work.emit({
      type: "muster.gateway.v1.ActionTaken",
      tenant: principal.tenant,
      actor: principal.actor,
      data: {
        action: keepers.rightFor(kind, act),
        method: `${kind.service}/${kind.methods[act] ?? ""}`,
        actor: principal.actor,
        role: principal.role,
        allowed: true,
        status: 200,
        code: "",
        path: `/api/v1/desired-state/plans/${planId}/apply`,
        remoteAddress: "",
        idempotencyKey: "",
        takenAt: now,
        credentialKind: principal.proof === "token" ? "api_token" : principal.proof,
        credentialId: principal.credential,
        userAgent: "",
        traceId: "",
        requestId: "",
        resourceId,
        resourceName: step.name,
        before: before && keepers.recorded(kind, before),
        after: after && keepers.recorded(kind, after),
        alsoRefused: 0,
      },
    });
  }
}
