import { type Destination, DestinationError } from "../destination.ts";
import { HttpOrigin, refusedWith } from "../http-origin.ts";
import type { OpenContext } from "../kind.ts";

export interface EntraClient {
  /** Where tokens come from, such as https://login.microsoftonline.com. */
  readonly authority: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the token is for, such as https://monitor.azure.com/.default. */
  readonly scope: string;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
}

interface Token {
  readonly value: string;
  readonly staleAt: number;
}

/** A token is replaced so long before it ends. */
const AHEAD_MS = 5 * 60_000;

/** The token of an application, by client credentials (RFC 6749 §4.4, at Entra's v2.0 endpoint), asked for anew only when it is stale. */
export class EntraToken implements Pick<Destination, "close"> {
  readonly #client: EntraClient;
  readonly #http: HttpOrigin;
  #held: Token | undefined;
  /** Whoever needs a token meanwhile waits for the same. */
  #asking: Promise<Token> | undefined;

  constructor(client: EntraClient, { allowed }: Pick<OpenContext, "allowed">) {
    this.#client = client;
    this.#http = new HttpOrigin(client.authority, undefined, allowed);
  }

  async value(signal: AbortSignal): Promise<string> {
    if (this.#held !== undefined && this.#client.clock() < this.#held.staleAt) return this.#held.value;
    this.#asking ??= this.#ask(signal).finally(() => {
      this.#asking = undefined;
    });
    this.#held = await this.#asking;
    return this.#held.value;
  }

  /** Somebody did not believe this value: it is not shown again. */
  forget(value: string): void {
    if (this.#held?.value === value) this.#held = undefined;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #ask(signal: AbortSignal): Promise<Token> {
    const { tenant, clientId, clientSecret, scope, clock } = this.#client;
    const answer = await this.#http.post({
      path: `/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        scope,
      }).toString(),
      signal,
    });
    const {
      access_token: value,
      expires_in: seconds = 0,
      error,
      error_description: description,
    } = readAnswer(answer.body);
    if (answer.status !== 200 || value === undefined) {
      // It is never an event's fault.
      const { message, afterMs } = refusedWith(answer, description ?? error ?? "");
      throw new DestinationError(`Entra gives no token: ${message}`, { retryable: true, afterMs });
    }
    return { value, staleAt: clock() + Math.max(seconds * 1_000 - AHEAD_MS, 0) };
  }
}

interface TokenAnswer {
  readonly access_token?: string;
  readonly expires_in?: number;
  readonly error?: string;
  readonly error_description?: string;
}

function readAnswer(body: string): TokenAnswer {
  try {
    return JSON.parse(body) as TokenAnswer;
  } catch {
    return {};
  }
}
