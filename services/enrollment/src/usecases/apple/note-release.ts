import { released } from "../../domain/device.ts";
import { registryWork } from "../../storage/registry.ts";
import type { EnrollmentWork } from "./escrow.ts";

/** A device went on from Setup Assistant: it waits no more, unless it has enrolled again since then. */
export async function noteRelease(work: EnrollmentWork, tenant: string, deviceId: string, at: Date): Promise<void> {
  const registry = registryWork(work);
  const known = await registry.device(tenant, deviceId);
  if (known?.apple?.awaitingConfiguration !== true || at < known.enrolledAt) return;
  const device = released(known, known.apple);
  await registry.saveDevices([device]);
  registry.announce({ kind: "enrolled", device, reEnrolled: true });
}
