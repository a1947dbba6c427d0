import { createHash, createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { HTTP_STATUS } from "@muster/host/http-status";
import { Refusal } from "@muster/host/refusal";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { USUAL_TIMEOUT_MS } from "@muster/rpc/client";
import type { Vault } from "@muster/vault/vault";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import {
  type EarlierRequest,
  finishRequest,
  forgetRequest,
  type OwnRequest,
  startRequest,
} from "../storage/idempotent-requests.ts";
import type { GatewayTables } from "../storage/tables.ts";

export interface Answer {
  readonly status: number;
  readonly json: string;
}

type OnceAnswer = Answer & { readonly replayed: boolean };

const MAX_KEY_LENGTH = 200;
/** How long a repetition waits for the first, which may be in work in another replica. */
const WAIT_MS = 30_000;
const FIRST_PAUSE_MS = 25;
const LAST_PAUSE_MS = 1_000;

/**
 * Answers a repeated request with the first answer instead of doing it again (Idempotency-Key). While the first is in
 * work the repetition waits; when its process died, or nobody knows how it ended, the repetition does the work under the
 * same request key, by which the service that does it knows what it has done.
 */
export class Idempotency {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #vault: Vault;
  readonly #hashKey: Buffer;
  readonly #now: () => Date;

  constructor(database: ServiceDatabase<GatewayTables>, vault: Vault, hashKey: Buffer, now: () => Date) {
    this.#database = database;
    this.#vault = vault;
    this.#hashKey = hashKey;
    this.#now = now;
  }

  async once(
    request: FastifyRequest,
    principal: Principal,
    work: (requestKey?: string) => Promise<Answer>,
    answerWithinMs = USUAL_TIMEOUT_MS,
  ): Promise<OnceAnswer> {
    const key = request.headers["idempotency-key"];
    if (key === undefined) return { ...(await work()), replayed: false };
    if (typeof key !== "string" || key === "" || key.length > MAX_KEY_LENGTH) {
      throw refuse("api.bad_request", `an Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters`);
    }
    const entry = { tenant: principal.tenant, principal: principal.id, key };
    const requestHash = this.#hashOf(request);
    const requestKey = createHash("sha256")
      .update(JSON.stringify([principal.tenant, principal.id, key, requestHash.toString("hex")]))
      .digest("hex");
    const callSec = answerWithinMs / 1_000;
    const patience = this.#now().getTime() + WAIT_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
      const begun = await startRequest(this.#database, { ...entry, requestHash, callSec, now: this.#now() });
      const answer =
        "startedAt" in begun
          ? await this.#first(begun, () => work(requestKey))
          : this.#earlier(entry, begun, requestHash);
      if (answer !== undefined) return answer;
      if (this.#now().getTime() > patience) {
        throw refuse("api.in_progress", "the first request with this Idempotency-Key is still in work; ask again", {
          retryAfterSec: 5,
        });
      }
      await delay(pauseMs);
    }
  }

  /** What the earlier request was answered; nothing while it is in work. */
  #earlier(entry: Entry, { requestHash, status, answer }: EarlierRequest, asked: Buffer): OnceAnswer | undefined {
    if (!requestHash.equals(asked)) {
      throw refuse("api.idempotency_conflict", "this Idempotency-Key was used for another request; take a new one");
    }
    if (status === null || answer === null) return undefined;
    return { status, json: this.#vault.open(placeOf(entry), answer).toString(), replayed: true };
  }

  /** Does the work and keeps its answer; nothing when it took so long that another replica took it over. */
  async #first(own: OwnRequest, work: () => Promise<Answer>): Promise<OnceAnswer | undefined> {
    try {
      const answer = await work();
      const kept = await finishRequest(this.#database, own, answer.status, this.#sealed(own, answer));
      return kept ? { ...answer, replayed: false } : undefined;
    } catch (error) {
      // A refusal is final; after a fault nobody knows, so the same request may be tried again.
      if (error instanceof Refusal && error.kind !== "unavailable" && error.kind !== "too_many") {
        const answer = problemOf(error);
        await finishRequest(this.#database, own, answer.status, this.#sealed(own, answer));
      } else await forgetRequest(this.#database, own);
      throw error;
    }
  }

  #sealed(entry: Entry, { json }: Answer): Buffer {
    return this.#vault.seal(placeOf(entry), Buffer.from(json));
  }

  // Keyed, because a request can hold a password that would be guessed from a plain hash.
  #hashOf(request: FastifyRequest): Buffer {
    const { "if-match": ifMatch } = request.headers;
    return createHmac("sha256", this.#hashKey)
      .update(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)
      .update(ifMatch === undefined ? "" : `\n${ifMatch}`)
      .digest();
  }
}

type Entry = Pick<OwnRequest, "tenant" | "principal" | "key">;

const placeOf = ({ key, principal, tenant }: Entry): string => `${tenant}/idempotent-request/${principal}/${key}`;

function problemOf({ kind, code, message }: Refusal): Answer {
  const status = HTTP_STATUS[kind];
  return { status, json: JSON.stringify({ type: "about:blank", title: code, status, code, detail: message }) };
}
