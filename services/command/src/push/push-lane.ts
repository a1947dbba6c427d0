import { Breaker } from "../domain/push/breaker.ts";
import type { PushCertificate } from "../domain/push/push-certificate.ts";
import { isTrouble, type PushOutcome, type Verdict, verdictOn } from "../domain/push/push-outcome.ts";
import { TokenBucket } from "../domain/push/token-bucket.ts";
import type { Push } from "./apns-connection.ts";
import type { ApnsPool } from "./apns-pool.ts";
import type { PushMetrics } from "./push-metrics.ts";

/** How long nothing goes out under a certificate that is refused; then a single push finds out whether that is over. */
export const STOPPED_MS = 3_600_000;

/** The way of the pushes of one topic: its certificate's connections, how fast they may go, and whether they may at all. */
export class PushLane {
  readonly certificate: PushCertificate;
  readonly #pool: ApnsPool;
  readonly #breaker = new Breaker();
  readonly #bucket: TokenBucket;
  readonly #metrics: PushMetrics;

  constructor(certificate: PushCertificate, pool: ApnsPool, perSecond: number, metrics: PushMetrics) {
    this.certificate = certificate;
    this.#pool = pool;
    this.#bucket = new TokenBucket(perSecond);
    this.#metrics = metrics;
  }

  /** How many of so many may go out now; `until` says when to ask again if something is wrong, and is unset if it is only fast. */
  admit(wanted: number, now: Date): { readonly admitted: number; readonly until: Date | undefined } {
    const afterBreaker = this.#breaker.admit(wanted, now);
    if (afterBreaker < wanted) return { admitted: afterBreaker, until: this.#breaker.openUntil ?? now };
    return { admitted: this.#bucket.take(wanted, now), until: undefined };
  }

  async push(push: Push, now: () => Date): Promise<{ readonly outcome: PushOutcome; readonly verdict: Verdict }> {
    const startedAt = performance.now();
    const outcome = await this.#pool.push(push);
    if (isTrouble(outcome)) {
      const wasOpen = this.#breaker.openUntil !== undefined;
      this.#breaker.failed(now(), Math.random());
      if (!wasOpen && this.#breaker.openUntil !== undefined) this.#metrics.paused.add(1);
    } else this.#breaker.worked();
    const verdict = verdictOn(outcome);
    this.#metrics.pushes.add(1, { outcome: verdict });
    this.#metrics.duration.record((performance.now() - startedAt) / 1_000);
    return { outcome, verdict };
  }

  close(): void {
    this.#pool.close();
  }
}
