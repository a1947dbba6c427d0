import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { Vault } from "./vault.ts";

describe("a sealed secret", () => {
  const vault = new Vault(randomBytes(32));
  const secret = randomBytes(32);
  const sealed = vault.seal("acme/webhook-1", secret);

  it("opens with its key at its place, and shows nothing before", () => {
    assert.deepEqual(vault.open("acme/webhook-1", sealed), secret);
    assert.equal(sealed.includes(secret), false);
    assert.notDeepEqual(vault.seal("acme/webhook-1", secret), sealed);
  });

  it("does not open with another key, at another place, or when it was altered", () => {
    assert.throws(() => new Vault(randomBytes(32)).open("acme/webhook-1", sealed));
    assert.throws(() => vault.open("globex/webhook-1", sealed));
    const altered = Buffer.from(sealed);
    altered[20] = (altered[20] ?? 0) ^ 1;
    assert.throws(() => vault.open("acme/webhook-1", altered));
  });
});
