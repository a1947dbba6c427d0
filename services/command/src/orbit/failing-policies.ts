import { Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import type { PolicyServiceServer } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import type { Logger } from "@muster/host/logging";
import type { ClientOf } from "@muster/rpc/client";
import { LRUCache } from "lru-cache";
import type { DeviceKey } from "../domain/device-key.ts";
import { keyOf } from "../domain/device-key.ts";

type PolicyClient = Pick<ClientOf<PolicyServiceServer>, "listDeviceVerdicts">;

const KEPT_MS = 60_000;
const KEPT_AT_MOST = 20_000;
const TIMEOUT_MS = 2_000;

/** How many policies fail on a device, asked at most once a minute. While policy cannot be asked the answer is none. */
export function failingPolicies(policy: PolicyClient, log: Logger): (device: DeviceKey) => Promise<number> {
  const counts = new LRUCache<string, Promise<number>>({ max: KEPT_AT_MOST, ttl: KEPT_MS });
  return (device) => {
    const key = keyOf(device);
    const known = counts.get(key);
    if (known !== undefined) return known;
    const { tenant, deviceId } = device;
    const count = policy.listDeviceVerdicts({ deviceId }, { tenant, actor: "command" }, { timeoutMs: TIMEOUT_MS }).then(
      ({ verdicts }) => verdicts.filter(({ verdict }) => verdict === Verdict.VERDICT_FAIL).length,
      (error: unknown) => {
        counts.delete(key);
        log.warn({ err: error, device: deviceId }, "policy could not be asked");
        return 0;
      },
    );
    counts.set(key, count);
    return count;
  };
}
