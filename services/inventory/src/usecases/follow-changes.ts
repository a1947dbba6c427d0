import type { KnownHosts } from "./known-hosts.ts";

interface Change {
  readonly tenant: string;
  readonly deviceId: string | undefined;
}

interface Dependencies {
  readonly known: KnownHosts;
  readonly look: () => Promise<readonly Change[]>;
  readonly now: () => Date;
}

/** Makes good what messages did not tell: hosts that may have other work are forgotten, the rest may be believed on. */
export function followChanges({ known, look, now }: Dependencies): () => Promise<void> {
  return async () => {
    const at = now().getTime();
    const devices = new Map<string, string[]>();
    for (const { tenant, deviceId } of await look()) {
      if (deviceId === undefined) known.forget(tenant, "all");
      else devices.set(tenant, [...(devices.get(tenant) ?? []), deviceId]);
    }
    for (const [tenant, ids] of devices) known.forget(tenant, ids);
    known.madeGood(at);
  };
}
