import type { DeviceIdentity } from "@muster/device-identity/identity";
import { gather } from "@muster/postgres/gather";
import { admits } from "../domain/admission.ts";
import type { KnownHosts } from "./known-hosts.ts";
import type { FindHosts, Host } from "./ports.ts";

/** The host that a key belongs to; nothing when the key is not the device's any more. */
export type AdmitHost = (identity: DeviceIdentity) => Promise<Host | undefined>;

interface Dependencies {
  readonly known: KnownHosts;
  readonly findHosts: FindHosts;
  readonly now: () => Date;
}

export function admitHost({ known, findHosts, now }: Dependencies): AdmitHost {
  const findOne = gather<DeviceIdentity, Host>({
    maxBatch: 500,
    maxWaitMs: 1,
    inFlight: 2,
    flush: async (identities) => {
      const before = known.changes;
      const at = now();
      const hosts = await findHosts(identities, at);
      hosts.forEach((host, place) => known.remember(identities[place] ?? host, host, at.getTime(), 0, before));
      return hosts;
    },
  });
  return async (identity) => {
    const host = known.find(identity, now().getTime())?.host ?? (await findOne(identity));
    return admits(host, identity) ? host : undefined;
  };
}
