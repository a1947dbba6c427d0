import {
  type AppleDeviceDescribed,
  EscrowProof,
  type EscrowProved,
} from "@muster/contracts/gen/muster/command/v1/command_events";
import type { HeardEvent } from "@muster/postgres/listen";
import { secretKindFrom } from "../contract/escrow-message.ts";
import { withDescription } from "../domain/apple/described.ts";
import type { Proof } from "../domain/escrow.ts";
import { savePushTopic } from "../storage/push-topics.ts";
import { registryWork } from "../storage/registry.ts";
import type { EnrollmentWork, Escrow } from "../usecases/apple/escrow.ts";
import { noteRelease } from "../usecases/apple/note-release.ts";
import { onCommandEnded } from "./on-command-ended.ts";

const PROOFS: Partial<Record<EscrowProof, Proof>> = {
  [EscrowProof.ESCROW_PROOF_SET]: "set",
  [EscrowProof.ESCROW_PROOF_VERIFIED]: "verified",
  [EscrowProof.ESCROW_PROOF_CLEARED]: "cleared",
};

/** Takes note of what devices said in answer to commands, and of what ended, as far as this service knows of it. */
export const onCommand =
  (escrow: Escrow, now: () => Date) =>
  async (work: EnrollmentWork, events: readonly HeardEvent[]): Promise<void> => {
    const ended: HeardEvent[] = [];
    for (const event of events) {
      if (event.type === "muster.command.v1.EscrowProved") await prove(work, escrow, event.tenant, event.data, now());
      else if (event.type === "muster.command.v1.AppleDeviceDescribed") await describe(work, event.tenant, event.data);
      else if (event.type === "muster.command.v1.DeviceReleased")
        await noteRelease(work, event.tenant, event.deviceId, event.time);
      else if (event.type === "muster.command.v1.PushCertificateChanged")
        await savePushTopic(work.sql, event.tenant, event.data.topic, event.data.uploadedAt ?? event.time);
      else ended.push(event);
    }
    await onCommandEnded(work, ended);
  };

async function prove(
  work: EnrollmentWork,
  escrow: Escrow,
  tenant: string,
  told: EscrowProved,
  at: Date,
): Promise<void> {
  const [kind, proof] = [secretKindFrom(told.kind), PROOFS[told.proof]];
  // What a newer version of the command service tells is not for this one to judge.
  if (kind === undefined || proof === undefined) return;
  const { commandId, deviceId } = told;
  await escrow.prove(work, { tenant, deviceId, kind }, commandId, proof, at);
}

/** The device may have enrolled anew since it said this: then it is asked again. */
async function describe(work: EnrollmentWork, tenant: string, told: AppleDeviceDescribed): Promise<void> {
  const registry = registryWork(work);
  const device = await registry.device(tenant, told.deviceId);
  if (device?.apple?.enrollmentId !== told.enrollmentId) return;
  const described = withDescription(device, told);
  if (described === device) return;
  await registry.saveDevices([described]);
  registry.announce({ kind: "enrolled", device: described, reEnrolled: true });
}
