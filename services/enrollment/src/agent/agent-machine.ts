import type { Machine } from "../domain/claim.ts";
import { platformOf } from "../domain/platform.ts";
import { credentialOf, fieldsOf, partOf, textOf } from "../door/fields.ts";

/** Reads what our agent sends with its token and certificate request. */
export function readAgentEnrollment(body: unknown): { credential: string; machine: Machine } {
  const fields = fieldsOf(body);
  const hardware = partOf(fields, "hardware");
  return {
    credential: credentialOf(fields, "token"),
    machine: {
      method: "agent",
      platform: platformOf("", textOf(partOf(fields, "os"), "platform")),
      hostIdentifier: "",
      hardwareUuid: textOf(hardware, "uuid"),
      hardwareSerial: textOf(hardware, "serial"),
      hardwareVendor: textOf(hardware, "vendor"),
      hardwareModel: textOf(hardware, "model"),
      hostname: textOf(fields, "hostname"),
      instanceId: "",
    },
  };
}
