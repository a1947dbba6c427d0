import type { Claim } from "./claim.ts";
import type { Device } from "./device.ts";
import { sameHostname, usableSerial, usableUuid } from "./hardware.ts";

/** How long after it was last heard of a device still counts as alive. */
const ALIVE_MS = 10 * 60_000;

/**
 * When inventory last heard of a device. Asking costs a call, so it is done only when the answer decides; "unreachable"
 * stands for every answer that could not be had.
 */
export type LastSeen = Date | "never" | "unreachable" | "not asked";

export interface Candidate {
  readonly device: Device;
  readonly lastSeen: LastSeen;
}

export type Difference = "instance_id" | "hostname" | "hardware_serial";

export type IdentityDecision =
  | { readonly kind: "new" }
  | { readonly kind: "same"; readonly device: Device }
  | { readonly kind: "takeover"; readonly device: Device; readonly differences: readonly Difference[] }
  | { readonly kind: "conflict"; readonly holder: Device; readonly differences: readonly Difference[] }
  /** Whether this device is alive has to be known first. */
  | { readonly kind: "ask"; readonly device: Device };

/**
 * Decides whose device a machine is. Hardware decides, never the identifier the client chose. A machine that shares its
 * hardware UUID with a living device but differs from it is a second machine (a clone, or a vendor's careless firmware):
 * it must not take the first one's place, and from then on is recognised as itself.
 */
export function decideIdentity(candidates: readonly Candidate[], claim: Claim, now: Date): IdentityDecision {
  const compared = candidates
    .filter(({ device }) => device.tenant === claim.tenant && sharesHardware(device, claim))
    .map((candidate) => ({ ...candidate, differences: differencesOf(candidate.device, claim) }));
  const [nearest, ...others] = compared.sort(
    (one, other) => distance(one, claim) - distance(other, claim) || newestFirst(one.device, other.device),
  );
  if (nearest === undefined) return { kind: "new" };
  if (nearest.differences.length === 0) return { kind: "same", device: nearest.device };
  // A silent record of this hostname is the machine's own earlier life, before its osquery database was thrown away.
  const lives = nearest.differences.includes("hostname")
    ? []
    : others.filter(({ differences }) => !differences.includes("hostname"));
  for (const { device, lastSeen, differences } of [nearest, ...lives]) {
    const alive = isAlive(device, lastSeen, now);
    if (alive === undefined) return { kind: "ask", device };
    if (!alive) return { kind: "takeover", device, differences };
  }
  const holder = compared.find(({ device }) => device.duplicateOf === undefined) ?? nearest;
  return { kind: "conflict", holder: holder.device, differences: holder.differences };
}

/** A UUID decides where both have one; else the serial number, and without either the osquery database, with the hostname. */
function sharesHardware(device: Device, claim: Claim): boolean {
  const [uuid, claimedUuid] = [usableUuid(device.hardwareUuid), usableUuid(claim.hardwareUuid)];
  if (uuid !== undefined && claimedUuid !== undefined) return uuid === claimedUuid;
  const named = device.hostname !== "" && claim.hostname !== "" && sameHostname(device.hostname, claim.hostname);
  const [serial, claimedSerial] = [usableSerial(device.hardwareSerial), usableSerial(claim.hardwareSerial)];
  if (serial !== undefined && claimedSerial !== undefined) return serial === claimedSerial && named;
  const bare = [uuid, claimedUuid, serial, claimedSerial].every((key) => key === undefined);
  return bare && named && claim.instanceId !== "" && device.instanceIds.includes(claim.instanceId);
}

function differencesOf(device: Device, claim: Claim): Difference[] {
  // It may have been erased, and have another name.
  if (claim.isUnique === true) return [];
  const differences: Difference[] = [];
  if (claim.instanceId !== "" && device.instanceIds.length > 0 && !device.instanceIds.includes(claim.instanceId)) {
    differences.push("instance_id");
  }
  if (nameAlike(device, claim) && !sameHostname(claim.hostname, device.hostname)) differences.push("hostname");
  const [serial, claimed] = [usableSerial(device.hardwareSerial), usableSerial(claim.hardwareSerial)];
  if (serial !== undefined && claimed !== undefined && serial !== claimed) differences.push("hardware_serial");
  return differences;
}

/** Apple's protocol tells the name that a person gave the Mac ("Ada's MacBook"), and no other program on it does. */
const nameAlike = (device: Device, claim: Claim): boolean =>
  claim.hostname !== "" && device.hostname !== "" && (claim.method === "apple") === (device.method === "apple");

interface Compared extends Candidate {
  readonly differences: readonly Difference[];
}

/** Fewer differences are nearer, then a known osquery database, then a known hostname, then the first holder. */
function distance({ device, differences }: Compared, claim: Claim): number {
  const knowsInstance = claim.instanceId !== "" && device.instanceIds.includes(claim.instanceId);
  const knowsHostname = claim.hostname !== "" && device.hostname !== "" && !differences.includes("hostname");
  return (
    differences.length * 8 +
    (knowsInstance ? 0 : 4) +
    (knowsHostname ? 0 : 2) +
    (device.duplicateOf === undefined ? 0 : 1)
  );
}

const newestFirst = (one: Device, other: Device): number => other.enrolledAt.getTime() - one.enrolledAt.getTime();

function isAlive(device: Device, lastSeen: LastSeen, now: Date): boolean | undefined {
  if (device.status === "unenrolled") return false;
  const since = now.getTime() - ALIVE_MS;
  if (device.enrolledAt.getTime() >= since) return true;
  if (lastSeen === "not asked") return undefined;
  if (lastSeen === "unreachable") return true;
  return lastSeen !== "never" && lastSeen.getTime() >= since;
}
