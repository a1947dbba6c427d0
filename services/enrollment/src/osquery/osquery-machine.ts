import type { Machine } from "../domain/claim.ts";
import { platformOf } from "../domain/platform.ts";
import { credentialOf, fieldsOf, partOf, textOf } from "../door/fields.ts";

/**
 * Reads osquery's enrollment: the secret, the host_identifier it chose, its platform type, and the first rows of
 * os_version, osquery_info, system_info and platform_info. host_details may be missing; then nothing but the identifier
 * is known, and that proves nothing.
 */
export function readOsqueryEnrollment(body: unknown): { credential: string; machine: Machine } {
  const fields = fieldsOf(body);
  const details = partOf(fields, "host_details");
  const system = partOf(details, "system_info");
  const os = partOf(details, "os_version");
  const info = partOf(details, "osquery_info");
  return {
    credential: credentialOf(fields, "enroll_secret"),
    machine: {
      method: "osquery",
      platform: platformOf(textOf(fields, "platform_type"), textOf(os, "platform"), textOf(os, "platform_like")),
      hostIdentifier: textOf(fields, "host_identifier"),
      hardwareUuid: textOf(system, "uuid"),
      hardwareSerial: textOf(system, "hardware_serial"),
      hardwareVendor: textOf(system, "hardware_vendor"),
      hardwareModel: textOf(system, "hardware_model"),
      hostname: textOf(system, "hostname"),
      instanceId: textOf(info, "instance_id"),
    },
  };
}
