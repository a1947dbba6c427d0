import { v7 as newId } from "uuid";
import type { AccountSignIn } from "../domain/accounts/account-sign-in.ts";
import type { Claim } from "../domain/claim.ts";
import { type Device, enrollNew } from "../domain/device.ts";

const UUID = "7c3f1d52-9b1e-4a54-8a0e-6f1f3b9d2c11";

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

/** How people of a domain sign in, whose devices have to run at least this system, or join its beta. */
export const accountSignIn = (platform: "ios" | "macos", osVersion: string): AccountSignIn => ({
  tenant: "acme",
  id: newId(),
  name: "Acme",
  issuer: "https://id.example.org",
  clientId: "muster",
  hasSecret: false,
  domains: ["example.org"],
  allowsPersonal: true,
  allowsCorporate: true,
  signInDays: 90,
  minimums: [{ platform, osVersion, buildVersion: "", beta: { title: "A beta", token: "seed" } }],
  createdAt: new Date(),
  revision: 1,
});
