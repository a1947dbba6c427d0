import type { Claim } from "../domain/claim.ts";
import { type Device, enrollNew } from "../domain/device.ts";

export const UUID = "7c3f1d52-9b1e-4a54-8a0e-6f1f3b9d2c11";

/** An osquery host that tells everything. */
export const claim = (changes: Partial<Claim> = {}): Claim => ({
  tenant: "acme",
  ownership: "corporate",
  method: "osquery",
  platform: "linux",
  hostIdentifier: "web-1",
  hardwareUuid: UUID,
  hardwareSerial: "VMW-5623-A",
  hardwareVendor: "Example",
  hardwareModel: "One",
  hostname: "web-1.acme.example",
  instanceId: "instance-1",
  ...changes,
});

export const device = (changes: Partial<Claim> = {}, at = new Date("2026-11-01T08:00:00Z"), id = "device-1"): Device =>
  enrollNew(id, claim(changes), at);
