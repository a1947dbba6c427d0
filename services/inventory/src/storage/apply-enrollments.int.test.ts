import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { lockAwaited } from "@muster/testkit/lock-awaited";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { type RawBuilder, sql } from "kysely";
import { detailOf } from "../domain/detail.ts";
import type { Answer } from "../domain/distributed-write.ts";
import type { OsqueryRow } from "../domain/rows.ts";
import { applyEnrollments, type HeardEnrollment } from "./apply-enrollments.ts";
import { createCarve, getCarve, openCarve, readBlock, takeBlock } from "./carves.ts";
import { claimWork } from "./claim-work.ts";
import { saveLabel } from "./labels.ts";
import { readAnswers, startLiveQuery } from "./live-queries.ts";
import { type RecordDependencies, recordAnswers } from "./record-answers.ts";
import type { InventoryWork, Schema } from "./schema.ts";
import { SoftwareDictionary } from "./software-dictionary.ts";
import { TenantRulesCache } from "./tenant-rules.ts";
import { writeLiveAnswers } from "./write-live-answers.ts";
import { writeMemberships } from "./write-memberships.ts";

const tenant = "acme";
const NOW = new Date();

describe("a device that becomes its owner's", () => {
  let test: TestDatabase<Schema>;
  let deps: RecordDependencies;
  const rules = new TenantRulesCache();

  before(async () => {
    test = await startTestDatabase<Schema>("inventory", join(import.meta.dirname, "../../migrations"));
    deps = {
      database: test.database,
      dictionary: new SoftwareDictionary(test.database),
      detailIntervalMs: 3_600_000,
      random: () => 0.5,
      rulesOf: rules.rulesOf,
    };
  });
  after(() => test.stop());

  const system = <T>(run: (work: InventoryWork) => Promise<T>): Promise<T> => test.database.system(run);
  const read = async <Row>(statement: RawBuilder<Row>): Promise<Row[]> =>
    system(async (work) => (await statement.execute(work.sql)).rows);

  type Ownership = "OWNERSHIP_CORPORATE" | "OWNERSHIP_PERSONAL";

  const heard = (deviceId: string, version: number, ownership: Ownership, enrolled = true): HeardEnrollment => ({
    tenant,
    enrolled,
    enrollment: Enrollment.fromPartial({
      deviceId,
      version,
      ownership,
      platform: "PLATFORM_LINUX",
      status: "STATUS_ENROLLED",
      generations: { osquery: 1 },
    }),
  });
  const hear = (...news: Parameters<typeof heard>) => system((work) => applyEnrollments(work, [heard(...news)], NOW));

  const answer = async (deviceId: string, ownership: Ownership, facts: Record<string, OsqueryRow[]>) => {
    const answers = Object.entries(facts).map(
      ([fact, rows]): Answer => ({
        name: { kind: "detail", fact },
        asked: `muster_detail_${fact}`,
        rows,
        error: "",
        stats: undefined,
      }),
    );
    const device = { platform: "PLATFORM_LINUX", ownership } as const;
    const fingerprints = Object.fromEntries(
      Object.entries(facts).map(([fact, rows]) => [fact, detailOf(device, fact, rows)?.fingerprint ?? ""]),
    );
    await recordAnswers(deps, [{ tenant, deviceId, ...device, answers, fingerprints, at: new Date(), trace: {} }]);
  };

  const factsOf = async (deviceId: string) => {
    const rows = await read(sql<{ name: string }>`select name from facts where device_id = ${deviceId} order by name`);
    return rows.map(({ name }) => name);
  };
  const labelsOf = async (deviceId: string) => {
    const [row] = await read(sql<{ label_ids: string[] }>`select label_ids from devices where id = ${deviceId}`);
    return row?.label_ids;
  };

  const OS = { os_version: [{ name: "Ubuntu", version: "24.04", platform: "ubuntu" }] };
  const USERS = { users: [{ username: "anna", uid: "1000" }] };

  it("keeps what may be known of it when it only shows a renewed identity", async () => {
    const deviceId = randomUUID();
    await hear(deviceId, 1, "OWNERSHIP_PERSONAL");
    await answer(deviceId, "OWNERSHIP_PERSONAL", OS);
    await hear(deviceId, 2, "OWNERSHIP_PERSONAL", false);
    assert.deepEqual(await factsOf(deviceId), ["os_version"]);
  });

  it("is not forgotten by news from before it was the organisation's", async () => {
    const deviceId = randomUUID();
    await hear(deviceId, 2, "OWNERSHIP_CORPORATE");
    await answer(deviceId, "OWNERSHIP_CORPORATE", { ...OS, ...USERS });
    await hear(deviceId, 1, "OWNERSHIP_PERSONAL");
    assert.deepEqual(await factsOf(deviceId), ["os_version", "users"]);
  });

  it("keeps nothing of an answer that waits while it becomes that", async () => {
    const deviceId = randomUUID();
    await hear(deviceId, 1, "OWNERSHIP_CORPORATE");
    const told = Promise.withResolvers<void>();
    const writing = system(async (work) => {
      await applyEnrollments(work, [heard(deviceId, 2, "OWNERSHIP_PERSONAL")], NOW);
      told.resolve();
      await lockAwaited(test.pool, 1);
    });
    await told.promise;
    await Promise.all([writing, answer(deviceId, "OWNERSHIP_CORPORATE", { ...OS, ...USERS })]);
    assert.deepEqual(await factsOf(deviceId), ["os_version"]);
  });

  it("loses the labels that questions or facts put on it", async () => {
    const deviceId = randomUUID();
    const [byFact, ofUbuntu, byQuery, byHand] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const label = { tenant, description: "", platforms: [], actor: "ada", now: NOW, expected: [], query: "" };
    const condition = { fact: "users", field: "username", operator: "equals", value: "anna" } as const;
    const ubuntu = { fact: "os_version", field: "name", operator: "equals", value: "ubuntu" } as const;
    await system(async (work) => {
      await saveLabel(work, { ...label, id: byFact, name: "anna's", kind: "LABEL_KIND_FACT", condition });
      await saveLabel(work, { ...label, id: ofUbuntu, name: "Ubuntu", kind: "LABEL_KIND_FACT", condition: ubuntu });
      const asked = { ...label, condition: undefined };
      await saveLabel(work, { ...asked, id: byQuery, name: "asked", kind: "LABEL_KIND_QUERY", query: "select 1" });
      await saveLabel(work, { ...asked, id: byHand, name: "by hand", kind: "LABEL_KIND_MANUAL" });
    });
    await hear(deviceId, 1, "OWNERSHIP_CORPORATE");
    await answer(deviceId, "OWNERSHIP_CORPORATE", { ...OS, ...USERS });
    await system(async (work) => {
      const put = { tenant, deviceId, member: true, at: NOW };
      await writeMemberships(work, [
        { ...put, labelId: byQuery },
        { ...put, labelId: byHand },
      ]);
    });
    assert.deepEqual(await labelsOf(deviceId), [byFact, ofUbuntu, byQuery, byHand].sort());
    await hear(deviceId, 2, "OWNERSHIP_PERSONAL");
    assert.deepEqual(await labelsOf(deviceId), [byHand]);
    await answer(deviceId, "OWNERSHIP_PERSONAL", { ...OS, ...USERS });
    assert.deepEqual(await labelsOf(deviceId), [byHand, ofUbuntu].sort());
  });

  it("is asked for no files any more, sends none, and those that it sent are gone", async () => {
    const deviceId = randomUUID();
    await hear(deviceId, 1, "OWNERSHIP_CORPORATE");
    const expiresAt = new Date(NOW.getTime() + 3_600_000);
    const carve = async (path: string) => {
      const id = randomUUID();
      await system((work) => createCarve(work, { tenant, id, deviceId, path, createdAt: NOW, expiresAt }));
      return { id, sessionHash: Buffer.from(id), block: { number: 0, content: Buffer.from("anna") } };
    };
    const begin = ({ id, sessionHash }: Awaited<ReturnType<typeof carve>>) =>
      openCarve(test.database, {
        tenant,
        deviceId,
        carveId: id,
        guid: "",
        sizeBytes: 4,
        blockSize: 4,
        blocks: 1,
        sessionHash,
      });
    const [sent, begun, asked] = [await carve("/etc/hosts"), await carve("/home/%"), await carve("/etc/passwd")];
    assert.equal(await begin(sent), "open");
    await takeBlock(test.database, sent.sessionHash, sent.block, NOW);
    assert.equal(await begin(begun), "open");
    await hear(deviceId, 2, "OWNERSHIP_PERSONAL");
    assert.equal(await system((work) => readBlock(work, tenant, sent.id, 0)), undefined);
    assert.equal((await system((work) => getCarve(work, tenant, sent.id))).state, "expired");
    await assert.rejects(takeBlock(test.database, begun.sessionHash, begun.block, NOW), { code: "carve.unknown" });
    const identity = { tenant, deviceId, method: "osquery", generation: 1 } as const;
    const [claim] = await claimWork(test.database, rules.questionsOf, [identity], new Date());
    assert.ok(!(`muster_carve_${asked.id}` in (claim?.work?.queries ?? {})));
    assert.equal(await begin(asked), "unknown");
  });

  it("is asked no free question any more, and what it answered to those before is gone", async () => {
    const deviceId = randomUUID();
    await hear(deviceId, 1, "OWNERSHIP_CORPORATE");
    const start = async () => {
      const id = randomUUID();
      const selection = { deviceIds: [deviceId], labelIds: [], platforms: [] };
      const expiresAt = new Date(NOW.getTime() + 3_600_000);
      await system((work) =>
        startLiveQuery(work, { id, tenant, sql: "select 1", selection, createdBy: "ada", createdAt: NOW, expiresAt }),
      );
      return id;
    };
    const [answered, open] = [await start(), await start()];
    const live = { queryId: answered, rows: [{ username: "anna" }], error: "", truncated: false };
    await system((work) => writeLiveAnswers(work, [{ tenant, deviceId, live, at: NOW }]));
    await hear(deviceId, 2, "OWNERSHIP_PERSONAL");
    const [kept] = await system((work) => readAnswers(work, tenant, answered, 0, 10));
    assert.deepEqual(kept?.answer.rows, []);
    const identity = { tenant, deviceId, method: "osquery", generation: 1 } as const;
    const [claim] = await claimWork(test.database, rules.questionsOf, [identity], new Date());
    assert.ok(!(`muster_live_${open}` in (claim?.work?.queries ?? {})));
    assert.equal(claim?.work?.accelerate, 0);
  });
});
