import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, it } from "node:test";
import { mutate, numbersFrom } from "@muster/apple-protocol/fuzz/mutate";
import { AcmeProblem } from "../domain/acme/acme-problem.ts";
import { csrIn, identifierIn, statementIn } from "./payloads.ts";
import { readSigned } from "./signed-request.ts";

const url = "https://devices.example.com/apple/acme/acme/x/accounts";
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = publicKey.export({ format: "jwk" });
const good = { alg: "ES256", nonce: "told before", url, jwk };
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** A request with these bytes as header and payload, signed by the key. */
function request(head: Buffer, payload: Buffer): Buffer {
  const [protectedHead, content] = [head.toString("base64url"), payload.toString("base64url")];
  const signed = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  const signature = sign("sha256", Buffer.from(`${protectedHead}.${content}`), signed).toString("base64url");
  return json({ protected: protectedHead, payload: content, signature });
}

const account = { tenant: "acme", enrollmentId: "x", id: "of the key", jwk, expiresAt: new Date(0) };
const read = (body: Buffer) => readSigned(body, { url, accountAt: (kid) => Promise.resolve({ ...account, id: kid }) });
const asking = (changes: object) => read(request(json({ ...good, ...changes }), json({})));

describe("the signature around a request", () => {
  it("is believed of the key that it brings, and of the account that it names", async () => {
    assert.deepEqual(await asking({}), { signer: { jwk: { ...jwk } }, nonce: good.nonce, payload: Buffer.from("{}") });
    const { signer } = await asking({ jwk: undefined, kid: "an account" });
    assert.deepEqual(signer, { account: { ...account, id: "an account" } });
  });

  it("keeps of a key what makes it, and takes no private or weak one", async () => {
    const { signer } = await asking({ jwk: { ...jwk, use: "sig", "x5t#S256": "more" } });
    assert.deepEqual(signer, { jwk });
    const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
    for (const bad of [
      privateKey.export({ format: "jwk" }),
      small,
      { kty: "oct", k: "AAAA" },
      { ...jwk, x: "AA" },
      "key",
      null,
    ])
      await assert.rejects(asking({ jwk: bad }), { type: "badPublicKey" });
  });

  it("has to be for this address, by a method that is taken, and name one signer", async () => {
    await assert.rejects(asking({ url: `${url}/` }), { type: "unauthorized" });
    for (const alg of ["none", "HS256", "EdDSA", undefined])
      await assert.rejects(asking({ alg }), { type: "badSignatureAlgorithm" });
    await assert.rejects(asking({ nonce: undefined }), { type: "badNonce" });
    for (const changes of [{ jwk: undefined }, { kid: "an account" }, { jwk: undefined, kid: 1 }, { crit: ["exp"] }])
      await assert.rejects(asking(changes), { type: "malformed" });
    const unprotected = { ...(JSON.parse(request(json(good), json({})).toString()) as object), header: {} };
    await assert.rejects(read(json(unprotected)), { type: "malformed" });
  });

  it("answers with a problem, whatever is changed about the request, its header or what it says", async () => {
    const below = numbersFrom(1);
    const whole = request(json(good), json({}));
    const says = json({ identifiers: [{ type: "permanent-identifier", value: "x" }], csr: "AAAA", attObj: "AAAA" });
    let refused = 0;
    const look = async (ask: () => unknown) => {
      try {
        await ask();
      } catch (error) {
        if (!(error instanceof AcmeProblem)) throw error;
        refused += 1;
      }
    };
    for (let left = 500; left > 0; left--) {
      const payload = mutate(says, below);
      const asks = [
        () => read(mutate(whole, below)),
        () => read(request(mutate(json(good), below), json({}))),
        ...[identifierIn, statementIn, csrIn].map((take) => () => take(payload)),
      ];
      for (const ask of asks) await look(ask);
    }
    assert.ok(refused > 500);
  });
});
