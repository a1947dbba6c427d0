import type { Ownership } from "../claim.ts";
import type { AppleEnrollment } from "./apple-enrollment.ts";

/** What its maker attested of a device. What is not known is empty. */
export interface AttestedDevice {
  readonly serialNumber: string;
  /** On a Mac its provisioning UDID, which is not the hardware UUID that it enrolls with. */
  readonly udid: string;
  readonly osVersion: string;
  readonly sepOsVersion: string;
}

/** What is kept of it: of a person's own device, nothing that names it. */
export const keptAttested = (ownership: Ownership, device: AttestedDevice): AttestedDevice =>
  ownership === "personal" ? { ...device, serialNumber: "", udid: "" } : device;

type Known = Pick<AppleEnrollment, "ownership" | "expectedSerial" | "hardwareId" | "claim">;

const HARDWARE_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether an attestation is about another device than the one that an enrollment is known to be about. */
export function isForeign(attested: AttestedDevice, { claim, expectedSerial, hardwareId, ownership }: Known): boolean {
  // A person's own device names itself in none where an account led it here, and what it named is not kept.
  if (attested.serialNumber === "") return ownership !== "personal";
  const serials = [expectedSerial, claim?.serialNumber ?? ""].filter((serial) => serial !== "");
  if (serials.some((serial) => serial !== attested.serialNumber)) return true;
  // A Mac enrolls with its hardware UUID, of which an attestation does not tell.
  if (hardwareId === undefined || HARDWARE_UUID.test(hardwareId)) return false;
  return hardwareId.toUpperCase() !== attested.udid.toUpperCase();
}
