import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { exportJWK, GeneralSign } from "jose";
import { adoptKeys, digestOf } from "./command-keys.ts";

const NOW = new Date("2026-06-01T12:00:00.000Z");
const keyNamed = async (kid: string) => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "EdDSA" } };
};
const [old, next, stranger] = [await keyNamed("old"), await keyNamed("next"), await keyNamed("stranger")];
type Key = typeof old;

const announcement = (
  keys: readonly Key[],
  signers: readonly Key[],
  { issuedAt = NOW.toISOString(), typ = "muster-command-keys" } = {},
) => {
  const statement = new GeneralSign(Buffer.from(JSON.stringify({ issuedAt, keys: keys.map(({ jwk }) => jwk) })));
  for (const { kid, privateKey } of signers) {
    statement.addSignature(privateKey).setProtectedHeader({ alg: "EdDSA", kid, typ });
  }
  return statement.sign();
};
const present = { commandKeys: { keys: [old.jwk] } };

describe("announced keys for commands", () => {
  it("replace the present ones when one of these signed them, whoever else did", async () => {
    const both = await adoptKeys(await announcement([next, old], [next, old]), present, NOW);
    assert.deepEqual(both, { commandKeys: { keys: [next.jwk, old.jwk] }, commandKeysIssuedAt: NOW.toISOString() });
    const later = { issuedAt: "2026-06-01T13:00:00.000Z" };
    const { commandKeys } = await adoptKeys(await announcement([next], [next], later), both, NOW);
    assert.deepEqual(commandKeys, { keys: [next.jwk] });
    await assert.rejects(adoptKeys(await announcement([old], [old], later), { commandKeys }, NOW));
  });

  it("are not believed from a stranger, changed on the way, or when they are signed as something else", async () => {
    await assert.rejects(adoptKeys(await announcement([stranger], [stranger]), present, NOW));
    const { signatures } = await announcement([next], [old]);
    const { payload } = await announcement([stranger], [old]);
    await assert.rejects(adoptKeys({ payload, signatures }, present, NOW));
    await assert.rejects(adoptKeys(await announcement([next], [old], { typ: "JOSE" }), present, NOW), /no set of keys/);
    await assert.rejects(adoptKeys("nonsense", present, NOW));
  });

  it("do not go back to an older set, or ahead of all that will come", async () => {
    const held = { ...present, commandKeysIssuedAt: NOW.toISOString() };
    const older = { issuedAt: "2026-06-01T11:59:59.000Z" };
    await assert.rejects(adoptKeys(await announcement([next], [old], older), held, NOW), /older/);
    const ahead = { issuedAt: "2026-06-03T12:00:00.000Z" };
    await assert.rejects(adoptKeys(await announcement([next], [old], ahead), held, NOW), /to come/);
  });

  it("are named by their thumbprints in order, however they came", async () => {
    assert.equal(await digestOf({ keys: [old.jwk, next.jwk] }), await digestOf({ keys: [next.jwk, old.jwk] }));
    assert.notEqual(await digestOf({ keys: [old.jwk] }), await digestOf({ keys: [next.jwk] }));
  });
});
