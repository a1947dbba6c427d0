import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { contentHash, recordHash } from "@muster/audit-chain/record-hash";
import { CompiledQuery } from "kysely";
import { faultOf, signedChain } from "./testing/audit-trail.ts";
import { RunningNotification } from "./testing/running-notification.ts";

describe("tampering with the audit chain", () => {
  let service: RunningNotification;

  before(async () => {
    service = await RunningNotification.start("", 0);
  });

  after(async () => assert.equal(await service.stop(), 0));

  /** As the service's own role, over all tenants. */
  const run = (text: string, values: unknown[] = []) =>
    service.database.database.system(
      async ({ sql }) => (await sql.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, values))).rows,
    );

  it("finds a change of any column of a record, and names the record", async () => {
    await signedChain(service, "columns", 5);
    const changes: [column: string, value: string, kind: string][] = [
      ["content", `replace(content, 'policy 2', 'policy 9')`, "content"],
      ["content_hash", "sha256('x')", "content"],
      ["previous_hash", "sha256('x')", "chain"],
      ["hash", "sha256('x')", "hash"],
      ["sealed_at", "sealed_at + interval '1 millisecond'", "hash"],
      ["type", "'muster.policy.v1.ComplianceChanged'", "columns"],
      ["time", "time + interval '1 millisecond'", "columns"],
      ["actor", "'somebody else'", "columns"],
      ["device_id", "'another'", "columns"],
      ["action", "'policy.write'", "columns"],
      ["outcome", "'AUDIT_OUTCOME_REFUSED'", "columns"],
    ];
    const { rows: columns } = await service.database.pool.query<{ name: string }>(
      "select column_name as name from information_schema.columns where table_schema = 'notification' and table_name = 'audit_records'",
    );
    const covered = new Set([...changes.map(([column]) => column), "tenant", "number"]);
    assert.deepEqual(
      columns.map(({ name }) => name).filter((name) => !covered.has(name)),
      [],
    );
    const where = "where tenant = 'columns' and number = 3";
    for (const [column, value, kind] of changes) {
      const [before] = await run(`select * from audit_records ${where}`);
      await run(`update audit_records set ${column} = ${value} ${where}`);
      assert.deepEqual(await faultOf(service, "columns"), [3, kind], column);
      await run(`update audit_records set ${column} = $1 ${where}`, [before?.[column]]);
    }
    await run(`update audit_records set number = 1000003 ${where}`);
    assert.deepEqual(await faultOf(service, "columns"), [3, "missing"]);
    await run("update audit_records set number = 3 where tenant = 'columns' and number = 1000003");
    await run(`update audit_records set tenant = 'elsewhere' ${where}`);
    assert.deepEqual(await faultOf(service, "columns"), [3, "missing"]);
    assert.deepEqual(await faultOf(service, "elsewhere"), [3, "unexpected"]);
  });

  it("finds a record that was taken out, put in, or changed places", async () => {
    await signedChain(service, "deleted", 5);
    await run("delete from audit_records where tenant = 'deleted' and number = 2");
    assert.deepEqual(await faultOf(service, "deleted"), [2, "missing"]);

    await signedChain(service, "inserted", 5);
    await run(`insert into audit_records select tenant, 500, sealed_at, content, content_hash, previous_hash, hash, type, time,
      actor, device_id, action, outcome from audit_records where tenant = 'inserted' and number = 5`);
    assert.deepEqual(await faultOf(service, "inserted"), [500, "unexpected"]);

    await signedChain(service, "swapped", 5);
    for (const [from, to] of [
      [2, -1],
      [4, 2],
      [-1, 4],
    ]) {
      await run("update audit_records set number = $2 where tenant = 'swapped' and number = $1", [from, to]);
    }
    assert.deepEqual(await faultOf(service, "swapped"), [2, "chain"]);
  });

  it("finds a cut tail, also when the chain's own account of its end is cut with it", async () => {
    await signedChain(service, "cut", 5);
    await run("delete from audit_records where tenant = 'cut' and number > 3");
    // Missing, when the telling of the checkpoint came to stand behind the gap.
    const [cutAt, how] = (await faultOf(service, "cut")) ?? [];
    assert.ok(cutAt === 4 && (how === "truncated" || how === "missing"), how);
    const [head] = await run(
      "select encode(hash, 'hex') as hash from audit_records where tenant = 'cut' and number = 3",
    );
    await run("update audit_chains set number = 3, hash = decode($1, 'hex'), signed_through = 0 where tenant = 'cut'", [
      head?.["hash"],
    ]);
    const [number, kind] = (await faultOf(service, "cut")) ?? [];
    assert.equal(kind, "truncated");
    assert.ok((number ?? 0) >= 5);
  });

  it("finds a chain that was made anew from a point, by the signature", async () => {
    await signedChain(service, "anew", 6);
    await rewrite("anew", 4);
    const [number, kind] = (await faultOf(service, "anew")) ?? [];
    assert.equal(kind, "checkpoint");
    assert.ok((number ?? 99) <= 4);
    const [row] = await run(
      "select number, checkpoint from audit_checkpoints where tenant = 'anew' order by number limit 1",
    );
    const [head, , signature] = String(row?.["checkpoint"]).split(".");
    const [chain] = await run(
      "select encode(hash, 'hex') as hash from audit_records where tenant = 'anew' and number = $1",
      [row?.["number"]],
    );
    const body = {
      tenant: "anew",
      first: 1,
      number: Number(row?.["number"]),
      hash: chain?.["hash"],
      root: "",
      time: "",
    };
    const forged = [head, Buffer.from(JSON.stringify(body)).toString("base64url"), signature].join(".");
    await run("update audit_checkpoints set checkpoint = $2 where tenant = 'anew' and number = $1", [
      row?.["number"],
      forged,
    ]);
    assert.deepEqual((await faultOf(service, "anew"))?.[1], "signature");
  });

  /** What somebody does who may write everything in the database but holds no key. */
  async function rewrite(tenant: string, from: number): Promise<void> {
    const rows = (await run(
      `select number, sealed_at, content, encode(previous_hash, 'hex') as previous from audit_records
       where tenant = $1 and number >= $2 order by number`,
      [tenant, from],
    )) as unknown as { number: string; sealed_at: Date; content: string; previous: string }[];
    let previousHash = rows[0]?.previous ?? "";
    for (const { number, sealed_at, content } of rows) {
      const changed = content.replace("policy 3", "policy 99");
      const link = { number: Number(number), sealedAt: sealed_at, previousHash, contentHash: contentHash(changed) };
      const hash = recordHash(tenant, link);
      await run(
        `update audit_records set content = $3, content_hash = decode($4, 'hex'), previous_hash = decode($5, 'hex'),
         hash = decode($6, 'hex') where tenant = $1 and number = $2`,
        [tenant, number, changed, link.contentHash, previousHash, hash],
      );
      previousHash = hash;
    }
    await run("update audit_chains set hash = decode($2, 'hex') where tenant = $1", [tenant, previousHash]);
  }
});
