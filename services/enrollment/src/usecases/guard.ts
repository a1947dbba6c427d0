import { Refusal } from "@muster/host/refusal";
import type { Machine } from "../domain/claim.ts";
import { Cooldown } from "../domain/cooldown.ts";
import { FailureGate } from "../domain/failure-gate.ts";
import { identityNames } from "../domain/identity-keys.ts";
import { refuse } from "../domain/refusals.ts";
import { TokenBucket } from "../domain/token-bucket.ts";
import type { ReportRefusal } from "./report-refusal.ts";

interface Attempt {
  readonly remoteAddress: string;
  readonly credentialSha256: string;
  readonly machine: Machine;
}

export interface GuardDeps {
  readonly reportRefusal: ReportRefusal;
  readonly now: () => Date;
  /** How long a machine waits between two enrollments over one method, in milliseconds. */
  readonly cooldownMs: number;
  /** How many enrollments this process takes on in a second. */
  readonly maxPerSecond: number;
}

export type Guard = <T>(attempt: Attempt, enroll: () => Promise<T>) => Promise<T>;

/** Stands before every enrollment: against floods, against guessing, against a host that enrolls in a loop. */
export function guard({ reportRefusal, now, cooldownMs, maxPerSecond }: GuardDeps): Guard {
  const overall = new TokenBucket(maxPerSecond, maxPerSecond);
  const gate = new FailureGate();
  const cooldown = new Cooldown(cooldownMs);

  const admit = ({ remoteAddress, credentialSha256 }: Attempt, identity: string): void => {
    const time = now();
    gate.admit(remoteAddress, credentialSha256, time);
    const retryAfterSec = cooldown.secondsLeft(identity, time);
    if (retryAfterSec > 0) {
      throw refuse("enrollment.cooling_down", "this machine has enrolled just now; it may again a little later", {
        retryAfterSec,
      });
    }
    if (!overall.take(time)) {
      throw refuse("enrollment.busy", "too many machines enroll at once; try again", {
        retryAfterSec: overall.secondsToNext(time),
      });
    }
  };

  return async (attempt, enroll) => {
    const { remoteAddress, credentialSha256, machine } = attempt;
    const identity = identityOf(attempt);
    try {
      admit(attempt, identity);
      const result = await enroll();
      gate.succeeded(remoteAddress, credentialSha256);
      cooldown.start(identity, now());
      return result;
    } catch (error) {
      if (error instanceof Refusal) {
        if (error.kind === "unauthenticated" || error.kind === "invalid")
          gate.failed(remoteAddress, credentialSha256, now());
        const { method, hostname } = machine;
        await reportRefusal({ method, code: error.code, remoteAddress, hostname, at: now() }, { credentialSha256 });
      }
      throw error;
    }
  };
}

/**
 * Which machine it is, for the cooldown. The hostname is part of it, so that clones of one hardware UUID need not wait
 * for each other; the osquery database is not, because a host that loses it at each start is one that loops.
 */
function identityOf({ remoteAddress, credentialSha256, machine }: Attempt): string {
  const [hardware] = identityNames({ ...machine, tenant: "" }, "");
  const name =
    hardware ?? (machine.hostIdentifier || machine.instanceId || (machine.hostname === "" ? remoteAddress : ""));
  return JSON.stringify([machine.method, credentialSha256, name, machine.hostname]);
}
