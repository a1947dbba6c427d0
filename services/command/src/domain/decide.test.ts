import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Command, CommandResult, CommandState } from "./command.ts";
import { because, decide, type Input, LEASE_MS, RESULT_GRACE_MS, type Report } from "./decide.ts";
import { advance } from "./evolve.ts";
import { newCommand } from "./new-command.ts";

const now = new Date("2026-11-02T10:00:00Z");
const later = (ms: number) => new Date(now.getTime() + ms);
const HOUR = 3_600_000;

const queued: Command = newCommand({
  tenant: "acme",
  deviceId: "01932c07-209e-7a3c-8c8e-3f6d5c1f0a11",
  id: "01932c07-209e-7a3c-8c8e-000000000001",
  type: "run_script",
  script: { scriptId: "s1", bodyId: "b1", bodyBytes: 10, timeoutSeconds: 300 },
  apple: undefined,
  createdBy: "ada@example.com",
  reason: "",
  traceparent: "",
  createdAt: now,
  expiresAt: later(HOUR),
});
const delivered = advance(queued, { kind: "hand_out", over: "agent", personal: false }, now).after;
const overOrbit = advance(queued, { kind: "hand_out", over: "orbit", personal: false }, now).after;
const running: Command = { ...delivered, state: "running" };
const withdrawn = (command: Command): Command => ({ ...command, withdrawal: { id: "w1", leaseUntil: undefined } });

const result: CommandResult = { ...because(""), exitCode: 0, output: "hello" };
const report = (state: Report["state"], reason = ""): Input => ({
  kind: "report",
  report: { state, result: { ...result, reason } },
});
const handOut: Input = { kind: "hand_out", over: "agent", personal: false };
const withdraw: Input = { kind: "withdraw", withdrawalId: "w1" };

const types = (command: Command, input: Input, at = now) => decide(command, input, at).map(({ type }) => type);

describe("the transition table", () => {
  const inputs: readonly (readonly [string, Input])[] = [
    ["hand out", handOut],
    ["running", report("running")],
    ["succeeded", report("succeeded")],
    ["failed", report("failed", "exit_code")],
    ["refused", report("refused", "scripts_disabled")],
    ["expired", report("expired")],
    ["withdraw", withdraw],
    ["unenrolled", { kind: "unenrolled" }],
  ];
  const table: Readonly<Record<"queued" | "delivered" | "running", Readonly<Record<string, string>>>> = {
    queued: { "hand out": "CommandDelivered", withdraw: "CommandCancelled", unenrolled: "CommandCancelled" },
    delivered: {
      running: "CommandRunning",
      succeeded: "CommandAcknowledged",
      failed: "CommandFailed",
      refused: "CommandFailed",
      expired: "CommandExpired",
      withdraw: "WithdrawalAsked",
      unenrolled: "CommandCancelled",
    },
    running: {
      succeeded: "CommandAcknowledged",
      failed: "CommandFailed",
      refused: "CommandFailed",
      expired: "CommandExpired",
      withdraw: "WithdrawalAsked",
      unenrolled: "CommandCancelled",
    },
  };
  for (const command of [queued, delivered, running]) {
    for (const [name, input] of inputs) {
      const expected = table[command.state as keyof typeof table][name];
      it(`a ${command.state} command on "${name}": ${expected ?? "nothing"}`, () => {
        assert.deepEqual(types(command, input), expected === undefined ? [] : [expected]);
      });
    }
  }
  for (const state of ["acknowledged", "failed", "expired", "cancelled"] satisfies CommandState[]) {
    it(`a command that is ${state} does not change any more`, () => {
      for (const [, input] of inputs) assert.deepEqual(types({ ...running, state }, input, later(1_000 * HOUR)), []);
      assert.deepEqual(types({ ...running, state }, { kind: "time_passed" }, later(1_000 * HOUR)), []);
    });
  }
});

describe("a command that ends the management of its device", () => {
  const unenroll: Command = { ...queued, type: "unenroll", script: undefined };

  it("is carried out once the device is unenrolled, whoever did it and however far it was", () => {
    const taken = advance(unenroll, { ...handOut, over: "enrollment" }, now).after;
    for (const command of [unenroll, taken])
      assert.deepEqual(types(command, { kind: "unenrolled" }), ["CommandAcknowledged"]);
  });

  it("is tried again when enrollment was not heard of for a lease", () => {
    const taken = advance(unenroll, { ...handOut, over: "enrollment" }, now).after;
    assert.deepEqual(types(taken, { ...handOut, over: "enrollment" }, later(LEASE_MS)), ["HandedOutAgain"]);
  });
});

describe("a command that was handed out", () => {
  it("is not handed out again before its lease ends, and is then", () => {
    assert.deepEqual(types(delivered, handOut, later(LEASE_MS - 1)), []);
    assert.deepEqual(types(delivered, handOut, later(LEASE_MS)), ["HandedOutAgain"]);
  });

  it("is never handed out again once it runs", () => {
    assert.deepEqual(types(running, handOut, later(LEASE_MS)), []);
  });

  it("is never handed out again when fleetd has it, which keeps no journal", () => {
    assert.deepEqual(types(overOrbit, handOut, later(LEASE_MS)), []);
    assert.deepEqual(types(delivered, { ...handOut, over: "orbit" }, later(LEASE_MS)), []);
  });

  it("counts its deliveries, and its version rises only when its state changes", () => {
    const again = advance(delivered, handOut, later(LEASE_MS)).after;
    assert.deepEqual([delivered.deliveries, delivered.version], [1, 2]);
    assert.deepEqual([again.deliveries, again.version, again.deliveredAt], [2, 2, now]);
  });
});

describe("time", () => {
  const timePassed: Input = { kind: "time_passed" };

  it("does nothing before its time", () => {
    assert.deepEqual(types(queued, timePassed, later(HOUR - 1)), []);
    assert.deepEqual(types(delivered, timePassed, later(HOUR + RESULT_GRACE_MS - 1)), []);
  });

  it("expires a command that waits, and hands it out no more", () => {
    assert.deepEqual(types(queued, timePassed, later(HOUR)), ["CommandExpired"]);
    assert.deepEqual(types(queued, handOut, later(HOUR)), []);
  });

  it("leaves a device that has the command a day to say what became of it", () => {
    assert.deepEqual(types(delivered, timePassed, later(HOUR + RESULT_GRACE_MS)), ["CommandExpired"]);
    const [failed] = decide(running, timePassed, later(HOUR + RESULT_GRACE_MS));
    assert.equal(failed?.type === "CommandFailed" && failed.result.reason, "result_missing");
    assert.deepEqual(types(withdrawn(running), timePassed, later(HOUR + RESULT_GRACE_MS)), ["CommandCancelled"]);
  });
});

describe("a withdrawn command", () => {
  it("is not handed out, but its withdrawal is, once per lease", () => {
    assert.deepEqual(types(withdrawn(delivered), handOut, later(LEASE_MS)), []);
    const told = advance(withdrawn(delivered), { kind: "hand_out_withdrawal" }, now).after;
    assert.deepEqual(types(told, { kind: "hand_out_withdrawal" }, later(LEASE_MS - 1)), []);
    assert.deepEqual(types(told, { kind: "hand_out_withdrawal" }, later(LEASE_MS)), ["WithdrawalHandedOut"]);
  });

  it("is cancelled when the agent says that it stopped it, and keeps what it had written", () => {
    const { after } = advance(withdrawn(running), report("failed", "cancelled"), now);
    assert.deepEqual([after.state, after.result?.output], ["cancelled", "hello"]);
  });

  it("is cancelled when the agent says that it does not have it", () => {
    assert.deepEqual(types(withdrawn(delivered), { kind: "withdrawal_report", state: "failed" }), ["CommandCancelled"]);
  });

  it("waits for its own result while the agent stops it", () => {
    assert.deepEqual(types(withdrawn(running), { kind: "withdrawal_report", state: "succeeded" }), []);
  });

  it("ends as what it was when it ended by itself in time", () => {
    assert.deepEqual(types(withdrawn(running), report("succeeded")), ["CommandAcknowledged"]);
    assert.deepEqual(types(withdrawn(running), report("failed", "exit_code")), ["CommandFailed"]);
  });

  it("is not withdrawn twice", () => {
    assert.deepEqual(types(withdrawn(running), withdraw), []);
  });
});

describe("a command that ownership forbids", () => {
  const freeText: Command = { ...queued, script: { scriptId: "", bodyId: "b1", bodyBytes: 1, timeoutSeconds: 300 } };
  const toPersonal: Input = { ...handOut, personal: true };

  it("fails instead of being handed to a device that became personal meanwhile", () => {
    const [failed] = decide(freeText, toPersonal, now);
    assert.equal(failed?.type === "CommandFailed" && failed.result.reason, "ownership_forbids");
    assert.deepEqual(types({ ...queued, type: "restart", script: undefined }, toPersonal), ["CommandFailed"]);
  });

  it("is not a saved script", () => {
    assert.deepEqual(types(queued, toPersonal), ["CommandDelivered"]);
  });
});
