import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { Label } from "@muster/contracts/gen/muster/inventory/v1/device";
import { Policy } from "@muster/contracts/gen/muster/policy/v1/policy";
import { eventually } from "@muster/testkit/eventually";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { type Fleet, startFleet } from "./testing/fleet.ts";

const MAIN = join(import.meta.dirname, "main.ts");

const LABEL = `apiVersion: muster/v1
kind: Label
metadata:
  name: engineering
spec:
  kind: query
  query: select 1
`;

const POLICY = `apiVersion: muster/v1
kind: Policy
metadata:
  name: disk encryption
spec:
  query: select 1 from disk_encryption
  severity: high
  selection:
    labels: [engineering]
`;

describe("documents in a folder", () => {
  let fleet: Fleet;
  let gateway: GatewayProcess<{ desired_state_plans: { touched_at: Date } }>;
  let folder: string;

  before(async () => {
    fleet = await startFleet();
    gateway = await startGatewayProcess(fleet.address);
    folder = await mkdtemp(join(tmpdir(), "muster-documents-"));
  });

  after(async () => {
    await gateway?.stop();
    await fleet?.stop();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    fleet.things.labels.clear();
    fleet.things.policies.clear();
    fleet.things.refusedPolicy = "";
    fleet.things.isHolding = false;
    await rm(folder, { recursive: true });
    await mkdir(folder);
  });

  const muster = async (...args: string[]) => {
    const env = { ...process.env, NO_COLOR: "1", MUSTER_SERVER: gateway.url, MUSTER_TOKEN: gateway.admin.token };
    const child = spawn(process.execPath, [MAIN, ...args], { env });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    return { out, err: err.replaceAll(folder, "DIR"), code };
  };
  const write = (files: Readonly<Record<string, string>>) =>
    Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));

  it("make what is missing, and afterwards everything is as they say", async () => {
    await write({ "label.yaml": LABEL, "policy.yaml": POLICY });
    const shown = await muster("diff", "-f", folder);
    assert.equal(shown.err, "");
    assert.match(shown.out, /\+ Label engineering\n +kind: "LABEL_KIND_QUERY"\n/);
    assert.match(shown.out, /selection\.labels: \["engineering"\]/);
    assert.match(shown.out, /2 to create, 0 to change, 0 to delete, 0 as they are/);
    assert.equal(fleet.things.labels.size, 0);

    const applied = await muster("apply", "-f", folder);
    assert.deepEqual([applied.err, applied.code], ["", 0]);
    const [label] = fleet.things.labels.values();
    const [policy] = fleet.things.policies.values();
    assert.deepEqual(policy?.selection?.labelIds, [label?.id]);
    assert.equal(policy?.enabled, true);
    const { rows } = await gateway.database.pool.query<{ body: string }>(
      "select body from outbox where type = 'muster.gateway.v1.ActionTaken'",
    );
    const told = rows.map(
      ({ body }) => JSON.parse(body) as { action: string; resourceId: string; resourceName: string },
    );
    assert.deepEqual(
      told
        .filter(({ action }) => action === "policy.write")
        .map(({ resourceId, resourceName }) => [resourceId, resourceName]),
      [[policy?.id, "disk encryption"]],
    );
    assert.match((await muster("diff", "-f", folder)).out, /^everything is as the documents say \(2\)\n$/);
  });

  it("change fields, and tell the old, the new and how many devices it has to do with", async () => {
    await write({ "all.yaml": `${LABEL}---\n${POLICY}` });
    await muster("apply", "-f", folder);
    await write({ "all.yaml": `${LABEL}---\n${POLICY.replace("high", "critical")}` });
    const { out } = await muster("apply", "-f", folder);
    assert.match(out, /~ Policy disk encryption {2}\(3 devices\)\n +severity: "SEVERITY_HIGH" → "SEVERITY_CRITICAL"\n/);
    assert.equal([...fleet.things.policies.values()][0]?.severity, "SEVERITY_CRITICAL");
  });

  it("are complained of with file, line, column and field, all at once", async () => {
    await write({
      "label.yaml": LABEL.replace("query: select", "qeury: select"),
      "policy.yaml": POLICY.replace("[engineering]", "[enginering]"),
      "slow.yaml": `${LABEL.replace("engineering", "other")}---\n${POLICY.replace("severity: high", "intervalSeconds: soon")}`,
    });
    const { err, code } = await muster("diff", "-f", folder);
    assert.deepEqual(err.trimEnd().split("\n"), [
      'DIR/label.yaml:7:3: spec.qeury: is not known — did you mean "query"?',
      'DIR/policy.yaml:9:14: spec.selection.labels.0: there is no Label "enginering" — did you mean "engineering"?',
      'DIR/slow.yaml:12:3: metadata.name: is taken: another document is the Policy "disk encryption"',
      "muster: there are 3 problems in the documents",
    ]);
    assert.equal(code, 2);
  });

  it("are refused by the service that owns them before anything is done", async () => {
    await write({ "all.yaml": `${LABEL}---\n${POLICY}  intervalSeconds: 5\n` });
    const { err, code } = await muster("apply", "-f", folder);
    assert.match(err, /DIR\/all\.yaml:18:3: spec\.intervalSeconds: interval_seconds is at least 60/);
    assert.equal(code, 2);
    assert.equal(fleet.things.labels.size, 0);
  });

  it("leave everything as it was when something fails in the midst", async () => {
    await write({ "all.yaml": `${LABEL}---\n${POLICY}` });
    fleet.things.refusedPolicy = "disk encryption";
    const { err, code } = await muster("apply", "-f", folder);
    assert.match(err, /it was undone: somebody was faster/);
    assert.equal(code, 4);
    assert.deepEqual([fleet.things.labels.size, fleet.things.policies.size], [0, 0]);
  });

  it("remove what they made once and no longer name, and nothing else", async () => {
    fleet.things.labels.set(
      "by-hand",
      Label.fromPartial({ id: "by-hand", name: "by hand", kind: "LABEL_KIND_MANUAL" }),
    );
    await write({ "all.yaml": `${LABEL}---\n${POLICY}` });
    await muster("apply", "-f", folder);
    assert.equal((await muster("drift", "-f", folder)).code, 0);
    await write({ "all.yaml": LABEL.replace("engineering", "sales") });
    const drift = await muster("drift", "-f", folder);
    assert.match(drift.out, /Policy disk encryption is in no document any more; --prune removes it/);
    assert.equal(drift.code, 9);
    const { out } = await muster("apply", "-f", folder, "--prune");
    assert.match(out, /\+ Label sales\n[^]*- Policy disk encryption {2}\(3 devices\)\n- Label engineering/);
    assert.deepEqual([...fleet.things.labels.values()].map(({ name }) => name).toSorted(), ["by hand", "sales"]);
    assert.equal(fleet.things.policies.size, 0);
  });

  it("are written from what there is, so that a plan of them is empty", async () => {
    await write({ "all.yaml": `${LABEL}---\n${POLICY}` });
    await muster("apply", "-f", folder);
    const exported = join(folder, "exported");
    const { out } = await muster("export", exported, "--kind", "Label", "--kind", "Policy");
    assert.match(out, /^2 documents in /);
    assert.match(
      await readFile(join(exported, "policy", "disk-encryption.yaml"), "utf8"),
      /labels:\n +- engineering\n/,
    );
    assert.match((await muster("diff", "-f", exported)).out, /^everything is as the documents say \(2\)\n$/);
  });

  it("are not carried out by a plan that was made against something else", async () => {
    await write({ "all.yaml": `${LABEL}---\n${POLICY}` });
    await muster("apply", "-f", folder);
    await write({ "all.yaml": `${LABEL}---\n${POLICY.replace("high", "low")}` });
    const plan = JSON.parse((await muster("diff", "-f", folder, "-o", "json")).out) as { id: string };
    const [present] = fleet.things.policies.values();
    fleet.things.policies.set(
      present?.id ?? "",
      Policy.fromPartial({ ...present, resolution: "by hand", revision: 2 }),
    );
    const { err, code } = await muster("apply", "--plan", plan.id);
    assert.match(err, /since the plan was made these were changed: Policy disk encryption/);
    assert.equal(code, 5);
    assert.equal([...fleet.things.policies.values()][0]?.severity, "SEVERITY_HIGH");
  });

  it("do not overwrite what somebody changed while they were carried out, nor undo it", async () => {
    await write({ "all.yaml": `${LABEL}---\n${POLICY}` });
    await muster("apply", "-f", folder);
    await write({ "all.yaml": `${LABEL.replace("select 1", "select 2")}---\n${POLICY.replace("high", "low")}` });
    const release = Promise.withResolvers<void>();
    fleet.things.held = { name: "engineering", until: release.promise };
    const applying = muster("apply", "-f", folder);
    await eventually("the label to be asked for", async () => (fleet.things.isHolding ? true : undefined));
    const [present] = fleet.things.policies.values();
    const byHand = Policy.fromPartial({ ...present, resolution: "by hand", revision: 2 });
    fleet.things.policies.set(byHand.id, byHand);
    fleet.things.held = undefined;
    release.resolve();
    const { err, code } = await applying;
    assert.match(err, /it was undone: somebody changed Policy disk encryption while the plan was carried out/);
    assert.match(err, /Policy disk encryption stays as somebody else has made it/);
    assert.equal(code, 4);
    assert.deepEqual([...fleet.things.policies.values()], [byHand]);
    assert.equal([...fleet.things.labels.values()][0]?.query, "select 1");
  });

  // The last of all: it ends the gateway.
  it("are carried out to the end when the gateway dies in the midst", async () => {
    await write({ "all.yaml": `${LABEL}---\n${POLICY}` });
    const plan = JSON.parse((await muster("diff", "-f", folder, "-o", "json")).out) as { id: string };
    const release = Promise.withResolvers<void>();
    fleet.things.held = { name: "disk encryption", until: release.promise };
    const applying = muster("apply", "--plan", plan.id);
    await eventually("the policy to be asked for", async () => (fleet.things.isHolding ? true : undefined));
    gateway.child.kill("SIGKILL");
    assert.equal((await applying).code, 7);
    fleet.things.held = undefined;
    release.resolve();
    await eventually("what the dead gateway asked for", async () =>
      fleet.things.policies.size === 1 ? true : undefined,
    );

    // As if it had been silent for long enough.
    await gateway.database.database.system(({ sql }) =>
      sql
        .updateTable("desired_state_plans")
        .set({ touched_at: new Date(0) })
        .execute(),
    );
    const replica = await gateway.anotherReplica();
    try {
      const [state] = await eventually("the plan to be applied", async () => {
        const headers = { authorization: `Bearer ${gateway.admin.token}` };
        const answer = await fetch(`${replica.httpUrl}/api/v1/desired-state/plans/${plan.id}`, { headers });
        const { state } = (await answer.json()) as { state: string };
        return state === "DESIRED_STATE_PLAN_STATE_APPLYING" ? undefined : [state];
      });
      assert.equal(state, "DESIRED_STATE_PLAN_STATE_APPLIED");
      assert.deepEqual([fleet.things.labels.size, fleet.things.policies.size], [1, 1]);
    } finally {
      await replica.end("SIGTERM");
    }
  });
});
