import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import type { SentinelDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { type ItemOutcome, type OutgoingEvent, TAKEN } from "../../domain/outgoing-event.ts";
import { refuse } from "../../domain/refusals.ts";
import { hostOf } from "../../outbound/guarded-lookup.ts";
import { type Destination, DestinationError } from "../destination.ts";
import { checkOrigin, type HttpAnswer, HttpOrigin, refusedWith } from "../http-origin.ts";
import type { DestinationKind, OpenContext } from "../kind.ts";
import { bodyOf, CALL_BYTES, callsOf, fits, type Row, rowOf } from "./calls.ts";
import { EntraToken } from "./entra-token.ts";

const gzip = promisify(gzipCallback);

const RULE = /^dcr-[0-9a-f]{32}$/;
const STREAM = /^(Custom|Microsoft)-[A-Za-z0-9_-]{1,100}$/;
/** An id, or a domain of the tenant's. */
const ENTRA_TENANT = /^[A-Za-z0-9.-]{1,253}$/;
const AUTHORITY = "https://login.microsoftonline.com";

export const sentinel: DestinationKind<Configuration> = {
  secrets: ["clientSecret"],
  batching: { maxEvents: 1_000, maxBytes: 900_000, lingerMs: 1_000, inFlight: 4 },
  formats: ["cloudevents", "ocsf", "ecs"],
  check: ({ endpoint, ruleId, stream, entraTenantId, clientId, clientSecret, authority }) => {
    const refuseUnless = (holds: boolean, message: string) => {
      if (!holds) throw refuse("sink.bad_destination", message);
    };
    checkOrigin("sentinel.endpoint", endpoint);
    if (authority !== "") checkOrigin("sentinel.authority", authority);
    refuseUnless(
      RULE.test(ruleId),
      "sentinel.ruleId is the immutable id of the data collection rule, dcr- and 32 digits",
    );
    refuseUnless(STREAM.test(stream), "sentinel.stream is a stream of the rule such as Custom-Muster_CL");
    refuseUnless(ENTRA_TENANT.test(entraTenantId), "sentinel.entraTenantId is the id of the Entra tenant");
    refuseUnless(clientId !== "" && clientSecret !== "", "sentinel.clientId and sentinel.clientSecret are needed");
  },
  hosts: ({ endpoint, authority }) => [hostOf(endpoint), hostOf(authority || AUTHORITY)],
  open: (configuration, context) => new Sentinel(configuration, context),
};

/** What Azure Monitor is called in the cloud that an endpoint belongs to. */
const audienceOf = (endpoint: string): string =>
  `https://monitor.azure.${/\.monitor\.azure\.(com|us|cn)$/.exec(hostOf(endpoint))?.[1] ?? "com"}`;

/** Microsoft Sentinel by the Logs Ingestion API of Azure Monitor, version 2023-01-01. */
class Sentinel implements Destination {
  readonly #http: HttpOrigin;
  readonly #token: EntraToken;
  readonly #path: string;

  constructor(configuration: Configuration, { allowed }: OpenContext) {
    const { endpoint, ruleId, stream, authority, entraTenantId, clientId, clientSecret } = configuration;
    this.#http = new HttpOrigin(endpoint, undefined, allowed);
    this.#path = `/dataCollectionRules/${ruleId}/streams/${stream}?api-version=2023-01-01`;
    const client = { authority: authority || AUTHORITY, tenant: entraTenantId, clientId, clientSecret };
    this.#token = new EntraToken(
      { ...client, scope: `${audienceOf(endpoint)}/.default`, clock: () => performance.now() },
      { allowed },
    );
  }

  async send(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<readonly ItemOutcome[]> {
    const rows = events.map(rowOf);
    const outcomes = new Map<OutgoingEvent, ItemOutcome>();
    for (const { event } of rows.filter((row) => !fits(row))) outcomes.set(event, TOO_LARGE);
    const calls = callsOf(rows.filter(fits));
    for (const [index, call] of calls.entries()) {
      try {
        for (const [event, outcome] of await this.#call(call, signal)) outcomes.set(event, outcome);
      } catch (error) {
        // What the calls before it brought is there, and need not come twice.
        if (index === 0 || !(error instanceof DestinationError)) throw error;
        const { message: reason, afterMs } = error;
        for (const { event } of calls.slice(index).flat()) outcomes.set(event, { kind: "retry", reason, afterMs });
        break;
      }
    }
    return events.map((event) => outcomes.get(event) ?? TAKEN);
  }

  async close(): Promise<void> {
    await Promise.all([this.#http.close(), this.#token.close()]);
  }

  /** Answers with what is refused of the rows; throws when they are to be sent again. */
  async #call(rows: readonly Row[], signal: AbortSignal): Promise<readonly [OutgoingEvent, ItemOutcome][]> {
    const body = await gzip(bodyOf(rows));
    const first = await this.#post(body, signal);
    const answer = first.status === 401 ? await this.#post(body, signal) : first;
    if (answer.status === 204) return [];
    const refusal = refusalOf(answer);
    if (refusal.retryable) throw refusal;
    const [row] = rows;
    if (row === undefined || rows.length === 1) {
      return rows.map(({ event }) => [event, { kind: "refused", reason: refusal.message }]);
    }
    const half = Math.ceil(rows.length / 2);
    return [...(await this.#call(rows.slice(0, half), signal)), ...(await this.#call(rows.slice(half), signal))];
  }

  async #post(body: Buffer, signal: AbortSignal): Promise<HttpAnswer> {
    const token = await this.#token.value(signal);
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-encoding": "gzip",
    };
    const answer = await this.#http.post({ path: this.#path, headers, body, signal });
    if (answer.status === 401) this.#token.forget(token);
    return answer;
  }
}

const TOO_LARGE: ItemOutcome = {
  kind: "refused",
  reason: `the event does not fit into a call of ${CALL_BYTES} bytes`,
};

/** A 400 that speaks of the address is mended by a person, and no event's fault. */
const ABOUT_THE_ADDRESS = /stream|dcr|rule|apiversion|endpoint/i;

function refusalOf(answer: HttpAnswer): DestinationError {
  const { code = "", message = "" } = readError(answer.body);
  const refusal = refusedWith(answer, [code, message].filter((part) => part !== "").join(": "));
  if (refusal.retryable || answer.status === 413 || !ABOUT_THE_ADDRESS.test(code)) return refusal;
  return new DestinationError(refusal.message, { retryable: true, afterMs: refusal.afterMs });
}

function readError(body: string): { readonly code?: string; readonly message?: string } {
  try {
    return (JSON.parse(body) as { error?: { code?: string; message?: string } }).error ?? {};
  } catch {
    return {};
  }
}
