import type { TlsTrust } from "@muster/contracts/gen/muster/notification/v1/sink";
import { Agent, request } from "undici";
import type { Network } from "../domain/address-policy.ts";
import { refuse } from "../domain/refusals.ts";
import { retryAfterMs } from "../domain/retry-after.ts";
import { checkLiteral, guardedLookup, hostOf } from "../outbound/guarded-lookup.ts";
import { DestinationError } from "./destination.ts";
import { tlsOptions } from "./tls.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 60_000;
const CONNECTIONS = 16;
const TOLD_LENGTH = 300;

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** For how long the other side asked to be left alone; 0 when it did not. */
  readonly afterMs: number;
}

export interface HttpMessage {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly signal: AbortSignal;
}

/** Refuses what is no origin such as https://splunk.example:8088. */
export function checkOrigin(field: string, raw: string): void {
  const url = URL.parse(raw);
  if (url === null || !["https:", "http:"].includes(url.protocol) || url.username !== "" || url.search !== "") {
    throw refuse(
      "sink.bad_destination",
      `${field} is an address such as https://siem.example:8088, without a password`,
    );
  }
}

/** Speaks to one origin, over connections that are kept open and reach only where they may. */
export class HttpOrigin {
  readonly #origin: string;
  readonly #allowed: readonly Network[];
  readonly #agent: Agent;

  constructor(origin: string, trust: TlsTrust | undefined, allowed: readonly Network[]) {
    this.#origin = origin.replace(/\/+$/, "");
    this.#allowed = allowed;
    this.#agent = new Agent({
      connections: CONNECTIONS,
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      connect: { lookup: guardedLookup(allowed), timeout: CONNECT_TIMEOUT_MS, ...tlsOptions(trust) },
    });
  }

  post(message: HttpMessage): Promise<HttpAnswer> {
    return this.#exchange("POST", message);
  }

  put(message: HttpMessage): Promise<HttpAnswer> {
    return this.#exchange("PUT", message);
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #exchange(method: "POST" | "PUT", { path, headers, body, signal }: HttpMessage): Promise<HttpAnswer> {
    try {
      checkLiteral(hostOf(this.#origin), this.#allowed);
      const answer = await request(this.#origin + path, {
        method,
        headers: { "user-agent": "Muster-Sink/1", ...headers },
        body,
        signal,
        dispatcher: this.#agent,
      });
      const retryAfter = answer.headers["retry-after"];
      return {
        status: answer.statusCode,
        body: await answer.body.text(),
        afterMs: typeof retryAfter === "string" ? retryAfterMs(retryAfter, Date.now()) : 0,
      };
    } catch (cause) {
      const { message, code } = cause as NodeJS.ErrnoException;
      throw new DestinationError(`no answer: ${message || code}`, { retryable: true, cause });
    }
  }
}

/** 400 and 422 speak of the content, 413 of its size; every other no may end by itself or is mended by a person. */
const CONTENT = new Set([400, 413, 422]);

/** A no to the whole batch, in the other side's own words. */
export const refusedWith = ({ status, body, afterMs }: HttpAnswer, says = body): DestinationError => {
  const told = says.replaceAll(/\s+/g, " ").trim().slice(0, TOLD_LENGTH);
  return new DestinationError(`the other side answered ${status}${told === "" ? "" : `: ${told}`}`, {
    retryable: !CONTENT.has(status),
    afterMs,
  });
};
