import { createHmac } from "node:crypto";
import { HTTP_STATUS } from "@muster/host/http-door";
import { Refusal } from "@muster/host/refusal";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { finishRequest, forgetRequest, startRequest } from "../storage/idempotent-requests.ts";
import type { Seal } from "../storage/seal.ts";
import type { GatewayTables } from "../storage/tables.ts";

export interface Answer {
  readonly status: number;
  readonly json: string;
}

const MAX_KEY_LENGTH = 200;

/** Answers a repeated request with the first answer instead of doing it again (Idempotency-Key). */
export class Idempotency {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #seal: Seal;
  readonly #now: () => Date;

  constructor(database: ServiceDatabase<GatewayTables>, seal: Seal, now: () => Date) {
    this.#database = database;
    this.#seal = seal;
    this.#now = now;
  }

  async once(
    request: FastifyRequest,
    principal: Principal,
    work: () => Promise<Answer>,
  ): Promise<Answer & { readonly replayed: boolean }> {
    const key = request.headers["idempotency-key"];
    if (key === undefined) return { ...(await work()), replayed: false };
    if (typeof key !== "string" || key === "" || key.length > MAX_KEY_LENGTH) {
      throw refuse("api.bad_request", `an Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters`);
    }
    const entry = { tenant: principal.tenant, principal: principal.id, key };
    const requestHash = this.#hashOf(request);
    const earlier = await startRequest(this.#database, { ...entry, requestHash, now: this.#now() });
    if (earlier !== undefined) {
      if (!earlier.requestHash.equals(requestHash)) {
        throw refuse("api.idempotency_conflict", "this Idempotency-Key was used for another request; take a new one");
      }
      if (earlier.status === null || earlier.answer === null) {
        throw refuse("api.in_progress", "the first request with this Idempotency-Key is still in work; ask again", {
          retryAfterSec: 1,
        });
      }
      return { status: earlier.status, json: this.#seal.open(earlier.answer), replayed: true };
    }
    try {
      const answer = await work();
      await finishRequest(this.#database, entry, answer.status, this.#seal.close(answer.json));
      return { ...answer, replayed: false };
    } catch (error) {
      // A refusal is final; after a fault nobody knows, so the same request may be tried again.
      if (error instanceof Refusal && error.kind !== "unavailable" && error.kind !== "too_many") {
        const answer = problemOf(error);
        await finishRequest(this.#database, entry, answer.status, this.#seal.close(answer.json));
      } else await forgetRequest(this.#database, entry);
      throw error;
    }
  }

  // Keyed, because a request can hold a password that would be guessed from a plain hash.
  #hashOf(request: FastifyRequest): Buffer {
    return createHmac("sha256", this.#seal.key)
      .update(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)
      .digest();
  }
}

function problemOf({ kind, code, message }: Refusal): Answer {
  const status = HTTP_STATUS[kind];
  return { status, json: JSON.stringify({ type: "about:blank", title: code, status, code, detail: message }) };
}
