import type { Claim } from "../domain/claim.ts";
import { type Device, enrollAgain, enrollNew, takeOver } from "../domain/device.ts";
import { type Candidate, decideIdentity, type IdentityDecision, type LastSeen } from "../domain/identity-decision.ts";
import { identityNames } from "../domain/identity-keys.ts";
import type { RegistryEvent } from "../domain/registry-event.ts";
import type { RegistryWork } from "./ports.ts";

export interface OpenClaim {
  readonly claim: Claim;
  /** What inventory has answered so far, by device id. */
  readonly seen: ReadonlyMap<string, LastSeen>;
}

export type Settled =
  | { readonly kind: "ask"; readonly device: Device }
  | { readonly kind: "enrolled"; readonly device: Device; readonly events: readonly RegistryEvent[] };

/**
 * Gives each claim its device, one after the other: two claims of one machine in one batch meet each other as two batches
 * would. Nothing is saved yet.
 */
export async function settleClaims(
  registry: RegistryWork,
  open: readonly OpenClaim[],
  now: Date,
  newId: () => string,
): Promise<Settled[]> {
  const claims = open.map(({ claim }) => claim);
  await registry.lockIdentities(claims);
  const devices = new Map((await registry.candidates(claims)).map((device) => [device.id, device]));
  const byName = indexByName(devices.values());
  return open.map(({ claim, seen }) => {
    const candidates = possible(claim, devices, byName).map(
      (device): Candidate => ({ device, lastSeen: seen.get(device.id) ?? "not asked" }),
    );
    const settled = settle(decideIdentity(candidates, claim, now), claim, now, newId);
    if (settled.kind === "enrolled") {
      devices.set(settled.device.id, settled.device);
      addName(byName, settled.device);
    }
    return settled;
  });
}

function settle(decision: IdentityDecision, claim: Claim, now: Date, newId: () => string): Settled {
  switch (decision.kind) {
    case "ask":
      return decision;
    case "new":
      return enrolled(enrollNew(newId(), claim, now), false);
    case "same":
      return enrolled(enrollAgain(decision.device, claim, now), true);
    case "takeover":
      return enrolled(takeOver(decision.device, claim, now), true);
    case "conflict": {
      const holderId = decision.holder.id;
      const device = enrollNew(newId(), claim, now, holderId);
      const conflict = { kind: "conflict", device, holderId, differences: decision.differences } as const;
      return { kind: "enrolled", device, events: [{ kind: "enrolled", device, reEnrolled: false }, conflict] };
    }
    default:
      return decision satisfies never;
  }
}

const enrolled = (device: Device, reEnrolled: boolean): Settled => ({
  kind: "enrolled",
  device,
  events: [{ kind: "enrolled", device, reEnrolled }],
});

// The decision looks at each candidate; over a whole batch that would be each claim against each device.
type ByName = Map<string, Set<string>>;

function addName(byName: ByName, device: Device): void {
  for (const name of identityNames(device, device.instanceIds.at(-1) ?? "")) {
    const ids = byName.get(name);
    if (ids === undefined) byName.set(name, new Set([device.id]));
    else ids.add(device.id);
  }
}

function indexByName(devices: Iterable<Device>): ByName {
  const byName: ByName = new Map();
  for (const device of devices) addName(byName, device);
  return byName;
}

const possible = (claim: Claim, devices: ReadonlyMap<string, Device>, byName: ByName): Device[] =>
  [...new Set(identityNames(claim, claim.instanceId).flatMap((name) => [...(byName.get(name) ?? [])]))].flatMap(
    (id) => devices.get(id) ?? [],
  );
