import type { JSONWebKeySet } from "jose";
import { Arrivals } from "../arrivals.ts";
import { openPushEndpoint, type PushEndpoint } from "./push-endpoint.ts";
import { believe, type SecurityEvent } from "./security-event.ts";
import { type Credentials, Transmitter } from "./transmitter.ts";

export const COMPLIANCE_CHANGE = "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";
export const SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
export const VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification";

interface Stream {
  readonly stream_id: string;
  readonly iss: string;
  readonly aud: string;
  readonly delivery: { readonly endpoint_url: string };
  readonly events_delivered: readonly string[];
}

/** An identity provider that lets devices in as far as its transmitter's signals allow. It believes nothing that is not proven. */
export class IdentityProvider {
  /** Every signal once, in the order in which it was first believed. */
  readonly signals = new Arrivals<SecurityEvent>();
  readonly #transmitter: Transmitter;
  readonly #stream: Stream;
  readonly #endpoint: PushEndpoint | undefined;
  readonly #seen = new Set<string>();
  readonly #refusedDevices = new Set<string>();
  #settled: string[] = [];

  private constructor(transmitter: Transmitter, stream: Stream, endpoint: PushEndpoint | undefined) {
    this.#transmitter = transmitter;
    this.#stream = stream;
    this.#endpoint = endpoint;
  }

  /** Discovers the transmitter and registers a stream of everything that it supports for us. */
  static async register(credentials: Credentials, delivery: "push" | "poll"): Promise<IdentityProvider> {
    const transmitter = await Transmitter.discover(credentials);
    const authorization = `Bearer ${credentials.clientId}`;
    const endpoint = delivery === "push" ? await openPushEndpoint(authorization) : undefined;
    const method = `urn:ietf:rfc:${delivery === "push" ? 8935 : 8936}`;
    if (!transmitter.found.delivery_methods_supported.includes(method)) throw new Error(`there is no ${delivery}`);
    const stream = await transmitter.call<Stream>("POST", transmitter.found.configuration_endpoint, {
      delivery: { method, ...(endpoint && { endpoint_url: endpoint.url, authorization_header: authorization }) },
      events_requested: [COMPLIANCE_CHANGE, SESSION_REVOKED],
      description: `the journey's, by ${delivery}`,
    });
    if (stream.iss !== credentials.issuer) throw new Error(`the stream's iss is ${stream.iss}`);
    const provider = new IdentityProvider(transmitter, stream, endpoint);
    endpoint?.receive((set) => provider.#take(set));
    return provider;
  }

  get jwks(): JSONWebKeySet {
    return this.#transmitter.jwks;
  }

  get streamId(): string {
    return this.#stream.stream_id;
  }

  /** Whether somebody may sign in on a device. */
  lets(deviceId: string): boolean {
    return !this.#refusedDevices.has(deviceId);
  }

  verify(state: string): Promise<void> {
    const { verification_endpoint: url } = this.#transmitter.found;
    return this.#transmitter.call("POST", url, { stream_id: this.streamId, state });
  }

  setStatus(status: "enabled" | "paused"): Promise<void> {
    return this.#transmitter.call("POST", this.#transmitter.found.status_endpoint, {
      stream_id: this.streamId,
      status,
    });
  }

  /** Fetches once, held open until there is something, and settles what the fetch before brought. @returns how many it were. */
  async poll(returnImmediately = false): Promise<number> {
    const ack = this.#settled;
    this.#settled = [];
    const { sets } = await this.#transmitter.call<{ sets: Record<string, string> }>(
      "POST",
      this.#stream.delivery.endpoint_url,
      { ack, returnImmediately, maxEvents: 20 },
    );
    for (const [jti, set] of Object.entries(sets)) {
      const event = await this.#take(set);
      if (event.jti !== jti) throw new Error(`under ${jti} stood ${event.jti}`);
      this.#settled.push(jti);
    }
    return Object.keys(sets).length;
  }

  async close(): Promise<void> {
    await this.#endpoint?.close();
    await this.#transmitter.close();
  }

  async #take(set: string): Promise<SecurityEvent> {
    const { iss: issuer, aud: audience } = this.#stream;
    const event = await believe(set, { issuer, audience, jwks: this.#transmitter.jwks });
    if (this.#seen.has(event.jti)) return event;
    this.#seen.add(event.jti);
    const device = event.subject.device?.sub;
    if (event.type === COMPLIANCE_CHANGE && device !== undefined) {
      if (event.event["current_status"] === "compliant") this.#refusedDevices.delete(device);
      else this.#refusedDevices.add(device);
    }
    this.signals.add(event);
    return event;
  }
}
