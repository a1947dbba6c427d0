import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, it } from "node:test";
import { CompactSign, exportJWK } from "jose";
import { verifyCommand } from "./verify-command.ts";

const NOW = new Date("2026-06-01T12:00:00.000Z");
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const verifier = { deviceId: "d1", keys: { keys: [{ ...(await exportJWK(publicKey)), alg: "EdDSA", kid: "k1" }] } };
const command = {
  id: "c1",
  deviceId: "d1",
  type: "run_script",
  params: { content: "true", timeoutSec: 1, maxOutputBytes: 1 },
  createdAt: "2026-06-01T11:00:00.000Z",
  notAfter: "2026-06-01T13:00:00.000Z",
};
const sign = (payload: object, key: KeyObject = privateKey) =>
  new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: "EdDSA", kid: "k1" }).sign(key);
const verify = async (payload: object, key?: KeyObject) => verifyCommand(await sign(payload, key), verifier, NOW);

describe("a signed command", () => {
  it("is run when the server signed it for this device and its time has not passed", async () => {
    assert.deepEqual(await verify(command), { kind: "command", command });
  });

  it("is not believed with another key, a changed payload, no signature or another device's name", async () => {
    const stranger = generateKeyPairSync("ed25519").privateKey;
    assert.equal((await verify(command, stranger)).kind, "foreign");
    const [header, , signature] = (await sign(command)).split(".");
    const payload = Buffer.from(JSON.stringify({ ...command, id: "c2" })).toString("base64url");
    assert.equal((await verifyCommand(`${header}.${payload}.${signature}`, verifier, NOW)).kind, "foreign");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    assert.equal((await verifyCommand(`${none}.${payload}.`, verifier, NOW)).kind, "foreign");
    assert.equal((await verify({ ...command, deviceId: "d2" })).kind, "foreign");
  });

  it("has expired from notAfter on", async () => {
    const verified = await verify({ ...command, notAfter: NOW.toISOString() });
    assert.deepEqual(verified, {
      kind: "refused",
      commandId: "c1",
      notAfter: NOW.toISOString(),
      state: "expired",
      reason: "not_after_passed",
    });
  });

  it("is refused with the reason when this agent cannot run it", async () => {
    const reasonOf = async (change: object) => {
      const verified = await verify({ ...command, ...change });
      return verified.kind === "refused" ? verified.reason : verified.kind;
    };
    assert.equal(await reasonOf({ type: "wipe" }), "unknown_type");
    assert.match(await reasonOf({ params: { content: 1 } }), /content must be text/);
    assert.match(await reasonOf({ params: { ...command.params, timeoutSec: 0 } }), /timeoutSec/);
    assert.match(await reasonOf({ type: "cancel", params: {} }), /commandId/);
    assert.match(await reasonOf({ notAfter: "soon" }), /notAfter/);
  });
});
