import type { Logger } from "@muster/host/logging";
import { Cooldown } from "../domain/cooldown.ts";
import { networkOf } from "../domain/failure-gate.ts";
import type { RefusedEnrollment } from "../domain/registry-event.ts";
import { TokenBucket } from "../domain/token-bucket.ts";
import type { Registry } from "./ports.ts";

const ONCE_A_MS = 60_000;
// Whoever can send from many addresses must not be able to fill the outbox.
const AT_ONCE = 100;
const PER_SECOND = 2;

/** Whom it concerns: the tenant itself where it is known, or the owner of the credential that was shown. */
type Concerned = { readonly tenant: string } | { readonly credentialSha256: string };

export type ReportRefusal = (refused: RefusedEnrollment, concerned: Concerned) => Promise<void>;

/**
 * Tells that a machine was not let in, at most once a minute for one address and reason. An unknown secret belongs to
 * nobody: only where there is a single tenant is it clear whom to tell.
 */
export function reportRefusal(registry: Registry, log: Logger): ReportRefusal {
  const told = new Cooldown(ONCE_A_MS);
  const overall = new TokenBucket(AT_ONCE, PER_SECOND);
  return async (refusal, concerned) => {
    const { code, remoteAddress, at } = refusal;
    const key = `${code} ${networkOf(remoteAddress)}`;
    if (told.secondsLeft(key, at) > 0 || !overall.take(at)) return;
    told.start(key, at);
    log.warn(
      { code, method: refusal.method, address: remoteAddress, hostname: refusal.hostname },
      "enrollment refused",
    );
    try {
      await registry.everywhere(async (work) => {
        const tenant = "tenant" in concerned ? concerned.tenant : await work.tenantToTell(concerned.credentialSha256);
        if (tenant !== undefined) work.announce({ kind: "refused", tenant, refusal });
      });
    } catch (error) {
      log.warn({ err: error }, "refused enrollment could not be told");
    }
  };
}
