import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { SplunkHecDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import type { EventFormat } from "@muster/event-formats/render";
import { type ItemOutcome, type OutgoingEvent, TAKEN } from "../domain/outgoing-event.ts";
import { refuse } from "../domain/refusals.ts";
import { hostOf } from "../outbound/guarded-lookup.ts";
import { type Destination, DestinationError } from "./destination.ts";
import { checkOrigin, type HttpAnswer, HttpOrigin, refusedWith } from "./http-origin.ts";
import type { DestinationKind, OpenContext } from "./kind.ts";
import { checkTls, TLS_SECRETS } from "./tls.ts";

export const splunkHec: DestinationKind<Configuration> = {
  secrets: ["token", ...TLS_SECRETS],
  // Splunk's own limit of a request is 800 MB by default; its advice is far below.
  batching: { maxEvents: 500, maxBytes: 1024 * 1024, lingerMs: 250, inFlight: 4 },
  check: ({ url, token, tls }) => {
    checkOrigin("splunkHec.url", url);
    if (!/^[\x21-\x7e]+$/.test(token))
      throw refuse("sink.bad_destination", "splunkHec.token is the token that Splunk shows");
    checkTls(tls);
  },
  hosts: ({ url }) => [hostOf(url)],
  open: (configuration, context) => new SplunkHec(configuration, context),
};

// "Possible error codes" of Splunk's "Troubleshoot HTTP Event Collector": these speak of the events; of the others a person
// has to mend the token, the index or Splunk.
const CONTENT_CODES = new Set([5, 6, 12, 13, 15]);

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 5_000;

/**
 * Splunk's HTTP Event Collector. Without indexer acknowledgement a 200 says no more than that Splunk has understood the
 * events; with it they count once Splunk says that they are indexed, on the channel of this connection.
 */
class SplunkHec implements Destination {
  readonly #configuration: Configuration;
  readonly #format: EventFormat;
  readonly #http: HttpOrigin;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #channel = randomUUID();

  constructor(configuration: Configuration, { format, allowed }: OpenContext) {
    this.#configuration = configuration;
    this.#format = format;
    this.#http = new HttpOrigin(configuration.url, configuration.tls, allowed);
    this.#headers = {
      authorization: `Splunk ${configuration.token}`,
      "content-type": "application/json",
      ...(configuration.acknowledge && { "x-splunk-request-channel": this.#channel }),
    };
  }

  async send(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<readonly ItemOutcome[]> {
    const body = events.map((event) => this.#entry(event)).join("");
    const answer = await this.#http.post({ path: "/services/collector/event", headers: this.#headers, body, signal });
    const { code, text, ackId } = readAnswer(answer);
    if (answer.status !== 200 || code !== 0) {
      if (CONTENT_CODES.has(code) && answer.status === 400)
        throw new DestinationError(saying(text, code), { retryable: false });
      if (answer.status === 400) throw new DestinationError(saying(text, code), { retryable: true });
      throw refusedWith(answer, text);
    }
    if (this.#configuration.acknowledge) await this.#indexed(ackId, signal);
    return events.map(() => TAKEN);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #entry({ id, type, tenant, time, deviceId, position, text }: OutgoingEvent): string {
    const { index, source, sourceType } = this.#configuration;
    const about = {
      time: time.getTime() / 1_000,
      host: deviceId || "muster",
      source: source || "muster",
      sourcetype: sourceType || `muster:${this.#format}`,
      ...(index !== "" && { index }),
      fields: { event_id: id, event_type: type, tenant, position },
    };
    const event = this.#format === "cef" ? JSON.stringify(text) : text;
    return `${JSON.stringify(about).slice(0, -1)},"event":${event}}`;
  }

  async #indexed(ackId: number | undefined, signal: AbortSignal): Promise<void> {
    if (ackId === undefined) {
      throw new DestinationError("Splunk acknowledges nothing: enable indexer acknowledgement for the token", {
        retryable: true,
      });
    }
    const path = `/services/collector/ack?channel=${this.#channel}`;
    for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_POLL_MS)) {
      await delay(pauseMs, undefined, { signal }).catch((cause: unknown) => {
        throw new DestinationError("Splunk did not index the events in time", { retryable: true, cause });
      });
      const answer = await this.#http.post({
        path,
        headers: this.#headers,
        body: JSON.stringify({ acks: [ackId] }),
        signal,
      });
      if (answer.status !== 200) throw refusedWith(answer);
      if (readAnswer(answer).acks[ackId] === true) return;
    }
  }
}

interface SplunkAnswer {
  readonly code: number;
  readonly text: string;
  readonly ackId: number | undefined;
  readonly acks: Readonly<Record<string, boolean>>;
}

function readAnswer({ body }: HttpAnswer): SplunkAnswer {
  try {
    const { code = 0, text = "", ackId, acks = {} } = JSON.parse(body) as Partial<SplunkAnswer>;
    return { code, text, ackId, acks };
  } catch {
    return { code: -1, text: body, ackId: undefined, acks: {} };
  }
}

const saying = (text: string, code: number): string => `Splunk answered: ${text} (code ${code})`;
