import { randomUUID } from "node:crypto";
import type { AuditFault, VerifyAuditResponse } from "@muster/contracts/gen/muster/notification/v1/audit_service";
import { eventually } from "@muster/testkit/eventually";
import { recordActivities } from "../storage/activities.ts";
import { caller, type RunningNotification } from "./running-notification.ts";

/** Writes events as they are heard, past the bus; their ids in order. */
export async function hear(service: RunningNotification, tenant: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const events = ids.map((id, index) => ({
    id,
    tenant,
    type: "muster.policy.v1.PolicyChanged",
    source: "/muster/policy",
    deviceId: `device-${index % 2}`,
    actor: caller.actor,
    time: new Date(),
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    data: JSON.stringify({ policy: { name: `policy ${index}` }, version: index }),
  }));
  await service.database.database.tenant(tenant, ({ sql }) => recordActivities(sql, events));
  return ids;
}

/** The verdict of the service on a tenant's chain. */
export async function verdict(service: RunningNotification, tenant: string): Promise<VerifyAuditResponse> {
  let last: VerifyAuditResponse | undefined;
  for await (const progress of service.audit.verifyAudit({}, { ...caller, tenant }, new AbortController().signal)) {
    last = progress;
  }
  if (last?.done !== true) throw new Error("the verification did not come to its end");
  return last;
}

/** A chain with so many events in it, signed at least up to the last of them. */
export async function signedChain(service: RunningNotification, tenant: string, count: number): Promise<string[]> {
  const ids = await hear(service, tenant, count);
  await eventually(`a signed chain of ${tenant}`, async () => {
    const { signedThrough, fault } = await verdict(service, tenant);
    if (fault !== undefined) throw new Error(fault.detail);
    return signedThrough >= count ? true : undefined;
  });
  return ids;
}

export async function faultOf(
  service: RunningNotification,
  tenant: string,
): Promise<readonly [AuditFault["number"], AuditFault["kind"]] | undefined> {
  const { fault } = await verdict(service, tenant);
  return fault && [fault.number, fault.kind];
}
