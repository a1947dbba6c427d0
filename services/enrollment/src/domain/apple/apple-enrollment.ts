import type { DeviceClaim } from "@muster/apple-protocol/mdm/checkin";
import type { Claim, Ownership } from "../claim.ts";
import { platformOfProduct } from "./apple-platform.ts";

/** One enrollment profile that was handed out, and what became of it. */
export interface AppleEnrollment {
  readonly tenant: string;
  readonly id: string;
  readonly ownership: Ownership;
  readonly challengeExpiresAt: Date;
  readonly challengeUsedAt: Date | undefined;
  readonly certificateSerial: string;
  readonly certificateNotAfter: Date | undefined;
  /** The UDID of the device that came first. */
  readonly hardwareId: string | undefined;
  readonly claim: DeviceClaim | undefined;
  readonly deviceId: string | undefined;
}

/**
 * What an Apple device claims to be, in the registry's words. A Mac's UDID is the hardware UUID that osquery tells, so that
 * both find one device; the others have a UDID of another form, which no other program tells.
 */
export function claimOf({ claim, hardwareId = "", ownership, tenant }: AppleEnrollment): Claim {
  const { deviceName = "", modelName = "", productName = "", serialNumber = "" } = claim ?? {};
  return {
    tenant,
    ownership,
    method: "apple",
    platform: platformOfProduct(productName),
    hostIdentifier: hardwareId,
    hardwareUuid: hardwareId,
    hardwareSerial: serialNumber,
    hardwareVendor: "Apple Inc.",
    hardwareModel: modelName || productName,
    hostname: deviceName || hardwareId,
    instanceId: "",
  };
}
