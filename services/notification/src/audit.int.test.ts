import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { publicJwk, readCheckpoint } from "@muster/audit-chain/checkpoint";
import { checkInclusion } from "@muster/audit-chain/inclusion";
import { ActionTaken } from "@muster/contracts/gen/muster/gateway/v1/gateway_events";
import { AuditOutcome } from "@muster/contracts/gen/muster/notification/v1/audit";
import type {
  ExportAuditRequest,
  ExportAuditResponse,
  ListAuditRecordsRequest,
} from "@muster/contracts/gen/muster/notification/v1/audit_service";
import { eventually } from "@muster/testkit/eventually";
import { tell } from "@muster/testkit/tell";
import { CompiledQuery } from "kysely";
import { faultOf, hear, signedChain, verdict } from "./testing/audit-trail.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";
import { pruneAudit } from "./usecases/prune-audit.ts";

const NOTHING = {
  actor: "",
  action: "",
  deviceId: "",
  outcome: AuditOutcome.AUDIT_OUTCOME_UNSPECIFIED,
  types: [],
  since: undefined,
  until: undefined,
};

describe("the audit chain", () => {
  let service: RunningNotification;

  before(async () => {
    service = await RunningNotification.start("", 0);
  });

  after(async () => assert.equal(await service.stop(), 0));

  const as = (tenant: string) => ({ ...caller, tenant });
  const list = async (tenant: string, query: Partial<ListAuditRecordsRequest> = {}) =>
    (await service.audit.listAuditRecords({ ...NOTHING, pageSize: 0, pageToken: "", ...query }, as(tenant))).records;
  const exported = async (tenant: string, query: Partial<ExportAuditRequest> = {}) => {
    const lines: ExportAuditResponse["item"][] = [];
    const request = { ...NOTHING, hashesOnly: false, ...query };
    for await (const { item } of service.audit.exportAudit(request, as(tenant), new AbortController().signal)) {
      lines.push(item);
    }
    return lines;
  };
  /** As the service's own role, over all tenants. */
  const run = (text: string, values: unknown[] = []) =>
    service.database.database.system(
      async ({ sql }) => (await sql.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, values))).rows,
    );

  it("keeps each event once, in order and without gaps, and tells of its checkpoints", async () => {
    const ids = await signedChain(service, "whole", 25);
    const records = (await list("whole", { types: ["muster.policy.*"] })).toReversed();
    assert.deepEqual(
      records.map(({ content }) => JSON.parse(content).id),
      ids,
    );
    assert.deepEqual(
      records.map(({ number }) => number),
      ids.map((_, index) => index + 1),
    );
    assert.equal(JSON.parse(records[0]?.content ?? "").traceId, "0af7651916cd43dd8448eb211c80319c");
    const told = await eventually("the checkpoint to be told", async () => {
      const found = await list("whole", { types: ["muster.notification.v1.AuditCheckpointed"] });
      return found[0];
    });
    const { checkpoint } = JSON.parse(told.content).data;
    const read = await readCheckpoint(checkpoint, { keys: [publicJwk(service.auditKey)] });
    assert.ok(read !== undefined && read.tenant === "whole" && read.number >= 25);
  });

  it("does not sign for ever what only tells of signing", async () => {
    await signedChain(service, "quiet", 1);
    const checkpointed = () => list("quiet", { types: ["muster.notification.v1.AuditCheckpointed"] });
    await eventually("the telling to be in the chain", async () =>
      (await checkpointed()).length > 0 ? true : undefined,
    );
    // A second event after which another checkpoint comes: had one been due for the first telling alone, there were three.
    await hear(service, "quiet", 1);
    await eventually("the second", async () => ((await checkpointed()).length > 1 ? true : undefined));
    assert.equal((await checkpointed()).length, 2);
  });

  it("proves one record without the others, and an export line by line", async () => {
    const ids = await signedChain(service, "proven", 9);
    const keys = { keys: [publicJwk(service.auditKey)] };
    const { tenantId, record, proof } = await service.audit.getAuditRecord({ number: 4 }, as("proven"));
    assert.ok(record !== undefined && proof !== undefined && record.sealedAt !== undefined);
    assert.equal(tenantId, "proven");
    const link = { ...record, sealedAt: record.sealedAt };
    assert.equal(checkInclusion(link, await readCheckpoint(proof.checkpoint, keys), proof.path), undefined);
    const one = await exported("proven", { deviceId: "device-1" });
    assert.deepEqual(
      one.flatMap((line) => (line?.$case === "record" ? [JSON.parse(line.value.record?.content ?? "").id] : [])),
      ids.filter((_, index) => index % 2 === 1),
    );
    assert.ok(one.every((line) => line?.$case !== "record" || line.value.proof !== undefined));
    const whole = await exported("proven", { hashesOnly: true });
    assert.equal(whole[0]?.$case, "begin");
    assert.ok(whole.some((line) => line?.$case === "checkpoint"));
    assert.ok(whole.every((line) => line?.$case !== "record" || line.value.record?.content === ""));
    const end = whole.at(-1);
    assert.ok(end?.$case === "end" && end.value.records === whole.filter((line) => line?.$case === "record").length);
  });

  it("finds requests by who asked, what for and how it ended", async () => {
    const asked = (actor: string, action: string, status: number) =>
      tell(service.bus.bus, {
        type: "muster.gateway.v1.ActionTaken",
        tenant: "asked",
        actor,
        data: ActionTaken.fromPartial({ actor, action, status }),
      });
    await asked("ada", "webhook.write", 200);
    await asked("bob", "webhook.write", 403);
    await asked("bob", "policy.write", 500);
    await asked("bob", "policy.write", 0);
    const all = await eventually("four records", async () => {
      const found = await list("asked", { types: ["muster.gateway.*"] });
      return found.length === 4 ? found : undefined;
    });
    assert.deepEqual(all.map(({ outcome }) => outcome).sort(), [
      "AUDIT_OUTCOME_FAILED",
      "AUDIT_OUTCOME_REFUSED",
      "AUDIT_OUTCOME_SUCCEEDED",
      "AUDIT_OUTCOME_UNKNOWN",
    ]);
    assert.equal((await list("asked", { actor: "bob" })).length, 3);
    assert.equal((await list("asked", { action: "webhook.write" })).length, 2);
    assert.equal((await list("asked", { outcome: AuditOutcome.AUDIT_OUTCOME_REFUSED })).length, 1);
    assert.equal((await list("asked", { until: new Date(0) })).length, 0);
  });

  it("shows no tenant another's records", async () => {
    await signedChain(service, "mine", 3);
    assert.deepEqual(await list("theirs"), []);
    await assert.rejects(service.audit.getAuditRecord({ number: 1 }, as("theirs")), { code: "audit.record_unknown" });
    assert.deepEqual(
      (await exported("theirs")).map((line) => line?.$case),
      ["begin", "end"],
    );
    assert.deepEqual(
      await service.database.database.tenant(
        "theirs",
        async ({ sql }) =>
          await sql
            .selectFrom("audit_records" as never)
            .selectAll()
            .execute(),
      ),
      [],
    );
  });

  it("forgets old records up to a checkpoint, says so, and goes on from there", async () => {
    await signedChain(service, "old", 4);
    const deps = { database: service.database.database, keepDays: 400 };
    const inDays = (days: number) => () => new Date(Date.now() + days * 86_400_000);
    await pruneAudit({ ...deps, now: inDays(399) }, new AbortController().signal);
    assert.equal((await verdict(service, "old")).first, 1);
    await pruneAudit({ ...deps, now: inDays(401) }, new AbortController().signal);
    const { first, fault } = await verdict(service, "old");
    assert.equal(fault, undefined);
    assert.ok(first > 4);
    await hear(service, "old", 1);
    await eventually(
      "the telling of it",
      async () => (await list("old", { types: ["muster.notification.v1.AuditRecordsRemoved"] }))[0],
    );
    assert.equal((await verdict(service, "old")).fault, undefined);
    // Who removes more than that by himself has no checkpoint to show.
    await run("delete from audit_records where tenant = 'old' and number = $1", [first]);
    await run("update audit_chains set begins_after = $1 where tenant = 'old'", [first]);
    assert.deepEqual(await faultOf(service, "old"), [first + 1, "checkpoint"]);
  });
});
