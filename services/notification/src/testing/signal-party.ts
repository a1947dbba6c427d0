import assert from "node:assert/strict";
import { SignalReceiver } from "@muster/contracts/gen/muster/notification/v1/signal";
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import { caller, PUBLIC_ORIGIN, type RunningNotification } from "./running-notification.ts";

export const COMPLIANCE = "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";
export const REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
export const VERIFIED = "https://schemas.openid.net/secevent/ssf/event-type/verification";
export const UPDATED = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";
export const POLL = { method: "urn:ietf:rfc:8936" };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // What a receiver reads is whatever came.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface SecurityEvent extends JWTPayload {
  readonly events: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly sub_id?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A receiver of signals in a tenant, as a program outside would be one. */
export class SignalParty {
  readonly id: string;
  readonly secret: string;
  readonly issuer: string;
  #origin: string;
  #token = "";

  private constructor(origin: string, receiver: SignalReceiver) {
    this.#origin = origin;
    this.id = receiver.id;
    this.secret = receiver.clientSecret;
    this.issuer = receiver.issuer;
  }

  static async join(service: RunningNotification, changes: object = {}, as = caller): Promise<SignalParty> {
    const asked = SignalReceiver.fromJSON({ name: "IdP", ...changes });
    const { receiver } = await service.signals.createSignalReceiver({ receiver: asked }, as);
    assert.ok(receiver);
    return new SignalParty(service.process.httpUrl, receiver);
  }

  /** A request to the address that the public one stands for. */
  async fetch(url: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(url.replace(PUBLIC_ORIGIN, this.#origin), init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  }

  token(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const body = new URLSearchParams({ grant_type: "client_credentials", ...fields });
    return this.fetch(`${this.issuer}/token`, { method: "POST", headers, body });
  }

  async signIn(scope = "ssf.read ssf.manage"): Promise<void> {
    const { status, body } = await this.token({ client_id: this.id, client_secret: this.secret, scope });
    assert.equal(status, 200);
    this.#token = body.access_token;
  }

  call(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    return this.fetch(`${this.issuer}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  /** Signs in and makes a stream. @returns its id. */
  async register(delivery: object, events: readonly string[] = [COMPLIANCE, REVOKED]): Promise<string> {
    await this.signIn();
    const { status, body } = await this.call("POST", "/stream", { delivery, events_requested: events });
    assert.equal(status, 201);
    return body.stream_id;
  }

  /** Has another replica answer from now on. */
  moveTo(origin: string): void {
    this.#origin = origin;
  }

  /** Polls once. @returns the sets in the order in which they stand, checked. */
  async poll(streamId: string, request: object = {}): Promise<SecurityEvent[]> {
    const { status, body } = await this.call("POST", `/poll/${streamId}`, { returnImmediately: true, ...request });
    assert.equal(status, 200);
    return Promise.all(Object.values(body.sets as Record<string, string>).map((set) => this.read(set)));
  }

  /** Checks a security event token as RFC 8417 and SSF 1.0 ask. */
  async read(set: string): Promise<SecurityEvent> {
    const { body: jwks } = await this.fetch(`${this.issuer}/jwks.json`);
    const { payload } = await jwtVerify(set, createLocalJWKSet(jwks as JSONWebKeySet), {
      issuer: this.issuer,
      audience: this.id,
      typ: "secevent+jwt",
      algorithms: ["RS256"],
    });
    assert.equal(payload.sub, undefined);
    assert.equal(payload.exp, undefined);
    return payload as SecurityEvent;
  }
}
