import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { NodeKeyVerifier } from "@muster/device-identity/node-key";
import { refuse } from "../domain/refusals.ts";

export const unauthenticated = () =>
  refuse("orbit.unauthenticated", "the orbit node key is not, or no longer, good: enroll again");

/** The fields of a request's body; none when it is no object. */
export const fieldsOf = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};

/** Who fleetd is, by the node key that enrollment signed. */
export function orbitOf(verifier: NodeKeyVerifier, nodeKey: unknown): DeviceIdentity {
  const identity = verifier.verify(nodeKey);
  if (identity?.method !== "orbit") throw unauthenticated();
  return identity;
}
