import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { CompactSign, exportJWK } from "jose";
import { jsonLog } from "../log.ts";
import { type CommandResult, INTERRUPTED } from "./command.ts";
import { createExecutor, type Executor, scriptsSwitch } from "./executor.ts";
import { type Journal, openJournal } from "./journal.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const verifier = { deviceId: "d1", keys: { keys: [{ ...(await exportJWK(publicKey)), alg: "EdDSA" }] } };
const NOT_AFTER = "2126-01-01T00:00:00.000Z";
const sign = (id: string, type: string, params: object = {}, notAfter = NOT_AFTER) =>
  new CompactSign(
    Buffer.from(JSON.stringify({ id, deviceId: "d1", type, params, createdAt: "2026-01-01T00:00:00Z", notAfter })),
  )
    .setProtectedHeader({ alg: "EdDSA" })
    .sign(privateKey);
const script = (id: string, content: string, notAfter?: string) =>
  sign(id, "run_script", { content, timeoutSec: 30, maxOutputBytes: 1000 }, notAfter);
const now = () => new Date();

describe("the executor of commands", { timeout: 120_000 }, () => {
  let folder: string;
  let journal: Journal;
  let executor: Executor;
  let power: string[];
  let refetched: number;
  let powerFails: boolean;
  const events = new EventEmitter();

  const create = (scriptsAllowed = true) =>
    createExecutor({
      journal,
      power: {
        async restart() {
          if (powerFails) throw new Error("no permission");
          // What is journaled when the machine goes down decides whether it goes down again.
          power.push(`restart ${journal.find("p")?.state}`);
        },
        async shutdown() {
          power.push("shutdown");
        },
      },
      scriptsFolder: folder,
      scriptsEnabled: scriptsSwitch(scriptsAllowed, join(folder, "scripts-disabled")),
      refetch: () => refetched++,
      onResult: (running) => events.emit(running === undefined ? "ended" : "running"),
      log: jsonLog(() => undefined, now),
      now,
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-agent-executor-"));
    journal = await openJournal(join(folder, "journal.ndjson"), now);
    power = [];
    refetched = 0;
    powerFails = false;
    executor = create();
  });

  afterEach(async () => {
    await executor.stop();
    await journal.close();
    await rm(folder, { recursive: true });
  });

  const receive = async (...commands: Promise<string>[]) =>
    executor.receive(await Promise.all(commands), verifier, now());
  const results = () => journal.pendingResults();
  const resultOf = async (id: string): Promise<CommandResult> => {
    for (;;) {
      const found = results().find(({ commandId }) => commandId === id);
      if (found !== undefined) return found;
      await once(events, "ended");
    }
  };

  it("runs a command once however often it is delivered", async () => {
    const jws = script("a", `echo ran >> ${join(folder, "marks")}; cat ${join(folder, "marks")}`);
    await receive(jws, jws);
    await receive(jws);
    assert.equal((await resultOf("a")).output, "ran\n");
    await journal.append({ entry: "accepted", id: "a", notAfter: NOT_AFTER });
    await receive(jws, sign("b", "refetch"));
    assert.equal((await resultOf("b")).state, "succeeded");
    assert.equal(refetched, 1);
    assert.deepEqual(
      results().map(({ commandId }) => commandId),
      ["b"],
    );
  });

  it("journals a restart before it asks for it", async () => {
    await receive(sign("p", "restart"));
    assert.equal((await resultOf("p")).state, "succeeded");
    assert.deepEqual(power, ["restart started"]);
  });

  it("reports why the machine could not be restarted", async () => {
    powerFails = true;
    await receive(sign("p", "restart"));
    const { state, reason } = await resultOf("p");
    assert.deepEqual([state, reason], ["failed", "no permission"]);
  });

  it("does not restart again after a restart that ended the agent", async () => {
    await journal.append({ entry: "received", id: "p", jws: await sign("p", "restart"), notAfter: NOT_AFTER });
    await journal.append({ entry: "started", id: "p", at: now().toISOString() });
    await executor.recover(verifier);
    assert.equal((await resultOf("p")).reason, INTERRUPTED);
    await receive(sign("p", "restart"), sign("r", "refetch"));
    await resultOf("r");
    assert.deepEqual(power, []);
  });

  it("takes up after a start what it had received and not begun", async () => {
    await journal.append({ entry: "received", id: "a", jws: await script("a", "echo late"), notAfter: NOT_AFTER });
    await executor.recover(verifier);
    assert.equal((await resultOf("a")).output, "late\n");
  });

  it("withdraws a cancelled command that waits, ends one that runs, and says when there is none", async () => {
    const running = once(events, "running");
    await receive(script("a", "sleep 60"), script("b", "echo never"));
    await running;
    await receive(
      sign("c1", "cancel", { commandId: "b" }),
      sign("c2", "cancel", { commandId: "a" }),
      sign("c3", "cancel", { commandId: "x" }),
    );
    assert.deepEqual([(await resultOf("b")).reason, (await resultOf("b")).output], ["cancelled", undefined]);
    assert.equal((await resultOf("a")).reason, "cancelled");
    assert.deepEqual(
      [(await resultOf("c1")).state, (await resultOf("c2")).state, (await resultOf("c3")).reason],
      ["succeeded", "succeeded", "not_running"],
    );
  });

  it("runs no script when it was started without scripts, but other commands", async () => {
    executor = create(false);
    await receive(script("a", "echo no"), sign("b", "refetch"));
    const { state, reason } = await resultOf("a");
    assert.deepEqual([state, reason], ["refused", "scripts_disabled"]);
    assert.equal((await resultOf("b")).state, "succeeded");
  });

  it("ends the script that runs when the kill switch appears", async () => {
    const running = once(events, "running");
    await receive(script("a", "sleep 60"));
    await running;
    await writeFile(join(folder, "scripts-disabled"), "");
    assert.equal((await resultOf("a")).reason, "scripts_disabled");
  });

  it("judges time by the server's clock", async () => {
    const past = "2020-01-01T00:00:00.000Z";
    await executor.receive([await script("a", "echo then", past)], verifier, new Date("2019-12-31T00:00:00.000Z"));
    assert.equal((await resultOf("a")).state, "succeeded");
    await executor.receive([await script("b", "echo then", past)], verifier, now());
    assert.equal((await resultOf("b")).state, "expired");
  });

  it("reports nothing about a command it cannot believe", async () => {
    await receive(Promise.resolve("not.a.jws"), sign("a", "refetch"));
    await resultOf("a");
    assert.equal(results().length, 1);
  });

  it("keeps what has not begun for the next start when it is stopped", async () => {
    const running = once(events, "running");
    await receive(script("a", "sleep 60"), script("b", "echo later"));
    await running;
    await executor.stop();
    assert.equal((await resultOf("a")).reason, INTERRUPTED);
    assert.equal(journal.find("b")?.state, "received");
  });
});
