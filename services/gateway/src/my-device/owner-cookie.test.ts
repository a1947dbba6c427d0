import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Vault } from "@muster/vault/vault";
import type { FastifyRequest } from "fastify";
import { OWNER_SESSION_MS } from "../domain/owner-session.ts";
import { OwnerCookie } from "./owner-cookie.ts";

const VAULT = new Vault(Buffer.alloc(32, 7));
const NOW = new Date("2026-01-31T09:30:00Z");
const session = { tenant: "acme", deviceId: "0199a3f0-0000-7000-8000-000000000001", openedAt: NOW };
const later = (ms: number) => new Date(NOW.getTime() + ms);
const sent = (cookie: string) => ({ headers: { cookie } }) as FastifyRequest;

describe("the cookie of a device's owner", () => {
  const cookie = new OwnerCookie(VAULT, true);
  const written = cookie.set(session);
  const [pair = ""] = written.split(";");

  it("goes to the page alone, to no script and to no other site", () => {
    assert.match(written, /; Path=\/my-device; HttpOnly; SameSite=Strict; Max-Age=3600; Secure$/);
    assert.doesNotMatch(written, /acme|0199a3f0/);
  });

  it("names the device for an hour and no longer", () => {
    assert.deepEqual(cookie.read(sent(`other=1; ${pair}`), later(OWNER_SESSION_MS - 1)), session);
    assert.equal(cookie.read(sent(pair), later(OWNER_SESSION_MS)), undefined);
  });

  it("is nothing when it was changed, sealed for something else, or another platform's", () => {
    const [name = ""] = pair.split("=");
    const elsewhere = VAULT.seal(
      "sign-in/round",
      Buffer.from(JSON.stringify(["acme", session.deviceId, NOW.getTime()])),
    );
    const bad = [
      `${pair.slice(0, -1)}${pair.endsWith("A") ? "B" : "A"}`.replace(/.(?=.{20}$)/, (c) => (c === "A" ? "B" : "A")),
      `${name}=${elsewhere.toString("base64url")}`,
      new OwnerCookie(new Vault(Buffer.alloc(32, 8)), true).set(session).split(";")[0] ?? "",
      `${name}=`,
      "",
    ];
    for (const value of bad) assert.equal(cookie.read(sent(value), NOW), undefined, value);
  });
});
