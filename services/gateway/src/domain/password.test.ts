import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkPassword, hashPassword, passwordMatches } from "./password.ts";

describe("a password", () => {
  it("matches its own hash and no other, and two hashes of it differ", async () => {
    const [one, two] = await Promise.all([
      hashPassword("correct horse battery"),
      hashPassword("correct horse battery"),
    ]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(one, two);
    assert.equal(await passwordMatches("correct horse battery", one), true);
    assert.equal(await passwordMatches("correct horse batterz", one), false);
    assert.equal(await passwordMatches("correct horse battery", "not a hash"), false);
  });

  it("has at least twelve characters", () => {
    assert.throws(() => checkPassword("short"), { code: "identity.weak_password" });
    checkPassword("twelve chars");
  });
});
