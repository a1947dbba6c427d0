import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { open, seal } from "./sealing.ts";

describe("a sealed secret", () => {
  const key = randomBytes(32);
  const secret = randomBytes(32);
  const sealed = seal(key, "acme/webhook-1", secret, randomBytes(12));

  it("opens with its key at its place, and shows nothing before", () => {
    assert.deepEqual(open(key, "acme/webhook-1", sealed), secret);
    assert.equal(sealed.includes(secret), false);
  });

  it("does not open with another key, at another place, or when it was altered", () => {
    assert.throws(() => open(randomBytes(32), "acme/webhook-1", sealed));
    assert.throws(() => open(key, "globex/webhook-1", sealed));
    const altered = Buffer.from(sealed);
    altered[20] = (altered[20] ?? 0) ^ 1;
    assert.throws(() => open(key, "acme/webhook-1", altered));
  });
});
