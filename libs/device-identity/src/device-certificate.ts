import type { X509Certificate } from "node:crypto";
import type { DeviceIdentity } from "./identity.ts";

/** The URI that a device certificate carries as subject alternative name: urn:muster:device:<tenant>:<id>:<generation>. */
export const deviceUri = ({ tenant, deviceId, generation }: Omit<DeviceIdentity, "method">): string =>
  `urn:muster:device:${tenant}:${deviceId}:${generation}`;

const URI = /URI:urn:muster:device:([a-z0-9-]+):([0-9a-f-]{36}):(\d+)(?:,|$)/;

/** Who a certificate of the device CA says the device is. Whether the CA issued it is the ingress' to verify. */
export function identityOf(certificate: X509Certificate): DeviceIdentity | undefined {
  const match = URI.exec(certificate.subjectAltName ?? "");
  if (match === null) return undefined;
  const [, tenant = "", deviceId = "", generation = ""] = match;
  return { tenant, deviceId, method: "agent", generation: Number(generation) };
}
