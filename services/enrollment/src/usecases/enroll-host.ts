import type { Refusal } from "@muster/host/refusal";
import { currentTrace, type TraceCarrier } from "@muster/host/telemetry";
import { gather } from "@muster/postgres/gather";
import type { Machine } from "../domain/claim.ts";
import type { Device } from "../domain/device.ts";
import { type EnrollSecret, secretRefusal } from "../domain/enroll-secret.ts";
import type { LastSeen } from "../domain/identity-decision.ts";
import type { AskLastSeen, Registry, RegistryWork, SecretUses } from "./ports.ts";
import { type OpenClaim, type Settled, settleClaims } from "./settle-claims.ts";
import { untilSettled } from "./until-settled.ts";

export interface HostEnrollment {
  /** Hexadecimal SHA-256 of the enroll secret. */
  readonly secretSha256: string;
  readonly machine: Machine;
}

interface Waiting extends HostEnrollment {
  readonly seen: ReadonlyMap<string, LastSeen>;
  readonly trace: TraceCarrier;
}

type Outcome = Settled | { readonly kind: "refused"; readonly refusal: Refusal };

export interface EnrollHostDeps {
  readonly registry: Registry;
  readonly askLastSeen: AskLastSeen;
  readonly now: () => Date;
  readonly newId: () => string;
}

export type EnrollHost = (enrollment: HostEnrollment) => Promise<Device>;

/** Enrolls osquery and fleetd hosts: those who knock at the same time share one transaction. */
export function enrollHost({ registry, askLastSeen, now, newId }: EnrollHostDeps): EnrollHost {
  const enroll = gather<Waiting, Outcome>({
    maxBatch: 200,
    maxWaitMs: 2,
    inFlight: 2,
    flush: (waiting) => registry.everywhere((work) => enrollTogether(work, waiting, now(), newId)),
  });
  return (enrollment) =>
    untilSettled(async (seen) => {
      const outcome = await enroll({ ...enrollment, seen, trace: currentTrace() });
      if (outcome.kind === "refused") throw outcome.refusal;
      return outcome.kind === "ask" ? outcome : { kind: "done", value: outcome.device };
    }, askLastSeen);
}

async function enrollTogether(
  registry: RegistryWork,
  waiting: readonly Waiting[],
  now: Date,
  newId: () => string,
): Promise<Outcome[]> {
  const secrets = await registry.secretsByHash([...new Set(waiting.map(({ secretSha256 }) => secretSha256))]);
  const admitted = waiting.flatMap(({ secretSha256, machine, seen, trace }) => {
    const secret = secrets.get(secretSha256);
    if (secret === undefined || secretRefusal(secret, now) !== undefined) return [];
    const { tenant, ownership } = secret;
    const claim = { ...machine, tenant, ownership };
    return [{ claim, seen, trace, secret }];
  });
  const settled = await settleAndSave(registry, admitted, now, newId);
  let next = 0;
  return waiting.map(({ secretSha256 }): Outcome => {
    const refusal = secretRefusal(secrets.get(secretSha256), now);
    return refusal === undefined ? (settled[next++] as Settled) : { kind: "refused", refusal };
  });
}

async function settleAndSave(
  registry: RegistryWork,
  admitted: readonly (OpenClaim & { readonly secret: EnrollSecret; readonly trace: TraceCarrier })[],
  now: Date,
  newId: () => string,
): Promise<Settled[]> {
  if (admitted.length === 0) return [];
  const settled = await settleClaims(registry, admitted, now, newId);
  const changed = new Map<string, Device>();
  const uses = new Map<string, SecretUses>();
  settled.forEach((each, index) => {
    const from = admitted[index];
    if (each.kind !== "enrolled" || from === undefined) return;
    changed.set(each.device.id, each.device);
    for (const event of each.events) registry.announce(event, { trace: from.trace });
    const { tenant, id } = from.secret;
    uses.set(id, { tenant, id, count: (uses.get(id)?.count ?? 0) + 1 });
  });
  if (changed.size === 0) return settled;
  await registry.saveDevices([...changed.values()]);
  // Last, because all batches write this row: it stays locked until the commit.
  await registry.countSecretUses([...uses.values()]);
  return settled;
}
