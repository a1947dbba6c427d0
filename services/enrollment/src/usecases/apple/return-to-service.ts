import type { Vault } from "@muster/vault/vault";
import type { Device } from "../../domain/device.ts";
import { profileOfDevice } from "../../storage/automated-profiles.ts";
import { returnNetworkPlace } from "../automated/write-profile.ts";
import type { EnrollmentWork, Escrow } from "./escrow.ts";

/** What a device that is erased goes on with by itself (Apple: ReturnToServiceResponse). */
export interface WayBack {
  /** A configuration profile with the network; nothing where another one leads to Apple. */
  readonly network: Buffer | undefined;
  /** With it the device keeps its apps. */
  readonly bootstrapToken: Buffer | undefined;
}

interface ReturnDeps {
  readonly escrow: Escrow;
  readonly vault: Vault;
  readonly at: Date;
}

/**
 * The way back of a device that asks before it is erased; nothing when it is to wait for a person. The profile that Apple gave it
 * decides. It names no enrollment profile: Apple sends the device to us again, and it comes back as what it was.
 */
export async function wayBackOf(
  work: EnrollmentWork,
  { apple, hardwareSerial, id: deviceId, tenant }: Device,
  { at, escrow, vault }: ReturnDeps,
): Promise<WayBack | undefined> {
  if (apple?.kind !== "automated") return undefined;
  const found = await profileOfDevice(work.sql, tenant, hardwareSerial);
  if (found?.profile.settings.returnToService !== true) return undefined;
  const { profile, sealedNetwork } = found;
  const kept = await escrow.read(
    work,
    { tenant, deviceId, kind: "bootstrap_token" },
    { actor: `device:${deviceId}`, at, purpose: "the device returns to service" },
  );
  return {
    network: sealedNetwork && vault.open(returnNetworkPlace(profile), sealedNetwork),
    bootstrapToken: kept?.secret,
  };
}
