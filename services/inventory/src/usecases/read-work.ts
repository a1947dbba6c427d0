import type { DeviceIdentity } from "@muster/device-identity/identity";
import { metrics } from "@muster/host/telemetry";
import { gather } from "@muster/postgres/gather";
import { admits } from "../domain/admission.ts";
import type { HostWork } from "../domain/due-work.ts";
import type { KnownHosts } from "./known-hosts.ts";
import type { ClaimWork } from "./ports.ts";

/** "refused" when the key is not the device's any more, "nothing" when there is nothing to ask. */
export type Work = HostWork | "nothing" | "refused";

export type ReadWork = (identity: DeviceIdentity) => Work | Promise<Work>;

interface Dependencies {
  readonly known: KnownHosts;
  readonly claim: ClaimWork;
  readonly now: () => Date;
}

/** What a host is asked at this poll: from memory while it is known to be quiet, else claimed together with others. */
export function readWork({ known, claim, now }: Dependencies): ReadWork {
  const meter = metrics.getMeter("muster");
  const batchSize = meter.createHistogram("muster.inventory.claim.size", {
    unit: "{host}",
    description: "Hosts a claim",
  });
  const claimOne = gather<DeviceIdentity, Work>({
    maxBatch: 500,
    maxWaitMs: 2,
    inFlight: 2,
    flush: async (identities) => {
      const before = known.changes;
      const at = now();
      batchSize.record(identities.length);
      const claims = await claim(identities, at);
      return claims.map(({ host, work }, place) => {
        const asks = work !== undefined && Object.keys(work.queries).length > 0;
        const quietUntil = work === undefined || asks ? 0 : work.nextAt;
        known.remember(identities[place] ?? host, host, at.getTime(), quietUntil, before);
        return work === undefined ? "refused" : asks ? work : "nothing";
      });
    },
  });
  return (identity) => {
    const at = now().getTime();
    const host = known.find(identity, at);
    if (host === undefined) return claimOne(identity);
    if (!admits(host.host, identity)) return "refused";
    return host.quietUntil > at ? "nothing" : claimOne(identity);
  };
}
