import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Webhook } from "standardwebhooks";
import { secretText, signatureOf } from "./signature.ts";

const [older, newer, foreign] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
const body = '{"type":"muster.policy.v1.ComplianceChanged"}';

const headersOf = (secrets: readonly Buffer[], sentAt = Math.floor(Date.now() / 1000)) => ({
  "webhook-id": "0199b0c2-0000-7000-8000-000000000000",
  "webhook-timestamp": String(sentAt),
  "webhook-signature": signatureOf(secrets, "0199b0c2-0000-7000-8000-000000000000", sentAt, body),
});

describe("a signature", () => {
  it("is what the Standard Webhooks library verifies", () => {
    assert.deepEqual(new Webhook(secretText(newer)).verify(body, headersOf([newer])), JSON.parse(body));
  });

  it("verifies with either secret while one replaces the other", () => {
    for (const secret of [older, newer]) new Webhook(secretText(secret)).verify(body, headersOf([newer, older]));
  });

  it("does not verify with another secret, another body or another time", () => {
    const verify = (secret: Buffer, text: string, headers: Record<string, string>) => () =>
      new Webhook(secretText(secret)).verify(text, headers);
    assert.throws(verify(foreign, body, headersOf([newer])));
    assert.throws(verify(newer, `${body} `, headersOf([newer])));
    assert.throws(
      verify(newer, body, { ...headersOf([newer]), "webhook-timestamp": String(Math.floor(Date.now() / 1000) + 1) }),
    );
  });
});
