import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { gather } from "@muster/postgres/gather";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Principal } from "../domain/principal.ts";
import { hashSecret } from "../domain/secrets.ts";
import { findPrincipals, recordUses, removeExpired } from "../storage/credentials.ts";
import type { GatewayTables } from "../storage/tables.ts";

const RECORD_USES_EVERY_MS = 60_000;

/** Knows whose a token or session is. Concurrent questions become one statement; uses are gathered and written once a minute. */
export class Authenticator {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #find: (hash: Buffer) => Promise<Principal | undefined>;
  readonly #uses = new Map<string, Date>();
  readonly #now: () => Date;

  constructor(database: ServiceDatabase<GatewayTables>, now: () => Date) {
    this.#database = database;
    this.#now = now;
    this.#find = gather({
      flush: (hashes) => findPrincipals(database, hashes, now()),
      maxBatch: 500,
      maxWaitMs: 1,
      inFlight: 2,
    });
  }

  /** Writes uses and removes what has expired, every minute and at the end. */
  start(lifecycle: Lifecycle, log: Logger): void {
    const timer = setInterval(() => {
      Promise.all([this.#record(), removeExpired(this.#database, this.#now())]).catch((error: unknown) =>
        log.warn({ err: error }, "uses of credentials were not recorded"),
      );
    }, RECORD_USES_EVERY_MS);
    lifecycle.add("uses of credentials", async () => {
      clearInterval(timer);
      await this.#record();
    });
  }

  async principal(secret: string): Promise<Principal | undefined> {
    const hash = hashSecret(secret);
    const principal = await this.#find(hash);
    if (principal !== undefined) this.#uses.set(hash.toString("hex"), this.#now());
    return principal;
  }

  async #record(): Promise<void> {
    const uses = [...this.#uses].map(([hash, at]) => ({ hash: Buffer.from(hash, "hex"), at }));
    this.#uses.clear();
    if (uses.length > 0) await recordUses(this.#database, uses);
  }
}
