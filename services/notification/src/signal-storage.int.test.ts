import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ComplianceChanged } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import type { HeardEvent } from "@muster/postgres/listen";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { v7 as newId } from "uuid";
import { noteCompliance } from "./events/note-compliance.ts";
import { sweepSignals } from "./storage/signals/queue.ts";
import { insertReceiver } from "./storage/signals/receivers.ts";
import { insertStream } from "./storage/signals/streams.ts";
import type { NotificationTables } from "./storage/tables.ts";

const COMPLIANCE = "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";

describe("signals at rest", () => {
  let database: TestDatabase<NotificationTables>;

  before(async () => {
    database = await startTestDatabase<NotificationTables>("notification", join(import.meta.dirname, "../migrations"));
  });

  after(() => database.stop());

  const stream = async (tenant: string): Promise<string> => {
    const [receiverId, id] = [newId(), newId()];
    const draft = {
      delivery: "poll",
      endpointUrl: "",
      authorization: undefined,
      eventsRequested: [COMPLIANCE],
      description: "",
    } as const;
    await database.database.tenant(tenant, async ({ sql: db }) => {
      await insertReceiver(
        db,
        tenant,
        receiverId,
        { name: "IdP", dialect: "ssf", audience: "" },
        Buffer.alloc(32),
        new Date(),
      );
      await insertStream(db, { tenant, id, receiverId }, draft, null, new Date());
    });
    return id;
  };

  const waitingIn = async (id: string): Promise<readonly string[]> => {
    const { rows } = await database.database.system(({ sql: db }) =>
      sql<{ txn: string }>`select txn from signals where stream_id = ${id} order by seq`.execute(db),
    );
    return rows.map(({ txn }) => txn);
  };

  const failure = (tenant: string, deviceId: string, policyId: string): HeardEvent => {
    const data = { deviceId, policyId, version: 1, verdict: "VERDICT_FAIL" };
    return {
      id: newId(),
      type: "muster.policy.v1.ComplianceChanged",
      tenant,
      deviceId,
      actor: "",
      time: new Date(),
      traceparent: "",
      trace: {},
      body: JSON.stringify(data),
      data: ComplianceChanged.fromJSON(data),
    };
  };

  it("tell of one flip, when several replicas hear of several failures at once", async () => {
    const id = await stream("acme");
    const devices = Array.from({ length: 20 }, (_, index) => `device-${index}`);
    await Promise.all(
      ["disk", "firewall", "updates", "screen"].map((policyId) =>
        database.database.system((work) =>
          noteCompliance(
            work,
            devices.map((deviceId) => failure("acme", deviceId, policyId)).toSorted(() => Math.random() - 0.5),
          ),
        ),
      ),
    );
    assert.equal((await waitingIn(id)).length, devices.length);
  });

  it("are dropped from the oldest on beyond the limit, which the stream counts, and go with their stream", async () => {
    const [full, gone] = [await stream("globex"), await stream("initech")];
    const fill = (tenant: string, id: string) =>
      database.database.system(({ sql: db }) =>
        sql`insert into signals (tenant, stream_id, event_type, event, txn)
          select ${tenant}, ${id}, 'e', '{}', g.n::text from generate_series(1, 10_020) as g (n) order by g.n`.execute(
          db,
        ),
      );
    await fill("globex", full);
    await fill("initech", gone);
    await database.database.system(({ sql: db }) => sql`delete from signal_streams where id = ${gone}`.execute(db));
    while (await database.database.system(({ sql: db }) => sweepSignals(db, new Date(0))));
    const left = await waitingIn(full);
    assert.deepEqual([left.length, left[0], left.at(-1)], [10_000, "21", "10020"]);
    assert.deepEqual(await waitingIn(gone), []);
    const { rows } = await database.database.system(({ sql: db }) =>
      sql<{ dropped: number }>`select dropped from signal_streams where id = ${full}`.execute(db),
    );
    assert.equal(rows[0]?.dropped, 20);
  });
});
