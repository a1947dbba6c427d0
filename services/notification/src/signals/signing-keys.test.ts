import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { decodeProtectedHeader, type JWK } from "jose";
import { SigningKeys } from "./signing-keys.ts";

const key = (kid: string): JWK => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...(privateKey.export({ format: "jwk" }) as JWK), kid };
};
const ISSUER = "https://m/ssf/acme";
const claims = (changes: object = {}) => ({
  iss: ISSUER,
  aud: ISSUER,
  sub: "idp",
  exp: Math.floor(Date.now() / 1_000) + 60,
  ...changes,
});

describe("the keys of signals", () => {
  const [old, fresh] = [key("old"), key("new")];

  it("are all published, without their private parts, and the first signs", async () => {
    const keys = await SigningKeys.open([fresh, old]);
    assert.deepEqual(
      keys.jwks.keys.map(({ kid }) => kid),
      ["new", "old"],
    );
    for (const each of keys.jwks.keys) assert.deepEqual(Object.keys(each), ["kty", "n", "e", "kid", "alg", "use"]);
    assert.equal(decodeProtectedHeader(await keys.sign("at+jwt", claims())).kid, "new");
  });

  it("verify what an earlier first one signed, and nothing else", async () => {
    const before = await SigningKeys.open([old]);
    const keys = await SigningKeys.open([fresh, old]);
    const check = async (typ: string, changes: object, signer = before) =>
      (await keys.verify("at+jwt", await signer.sign(typ, claims(changes)), ISSUER))?.["sub"];
    assert.equal(await check("at+jwt", {}), "idp");
    assert.equal(await check("secevent+jwt", {}), undefined);
    assert.equal(await check("at+jwt", { exp: 1 }), undefined);
    assert.equal(await check("at+jwt", { aud: "https://m/ssf/globex" }), undefined);
    assert.equal(await check("at+jwt", {}, await SigningKeys.open([key("old")])), undefined);
  });
});
