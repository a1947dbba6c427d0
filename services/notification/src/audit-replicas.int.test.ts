import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { hear, verdict } from "./testing/audit-trail.ts";
import { RunningNotification } from "./testing/running-notification.ts";

describe("the audit chain with several replicas", () => {
  let service: RunningNotification;

  before(async () => {
    service = await RunningNotification.start("", 0);
  });

  after(async () => assert.equal(await service.stop(), 0));

  /** The heard events in the chain, each as often as it stands there. */
  const chained = (tenant: string) =>
    service.database.database.tenant(tenant, async (work) => {
      const { rows } = await sql<{ id: string }>`select content::jsonb ->> 'id' as id from audit_records
        where tenant = ${tenant} and type = 'muster.policy.v1.PolicyChanged' order by number`.execute(work.sql);
      return rows.map(({ id }) => id);
    });

  /** Checkpoints stand in the chain too. */
  const count = async (tenant: string) => (await chained(tenant)).length;

  const whole = async (tenant: string, ids: readonly string[]) => {
    await eventually(
      "all events in the chain",
      async () => ((await count(tenant)) >= ids.length ? true : undefined),
      60_000,
    );
    assert.deepEqual((await chained(tenant)).sort(), [...ids].sort());
    assert.equal((await verdict(service, tenant)).fault, undefined);
  };

  it("holds each event once, whichever replica added it", async () => {
    const second = await service.startReplica();
    const parts = await Promise.all(Array.from({ length: 40 }, () => hear(service, "two", 100)));
    await whole("two", parts.flat());
    assert.equal(await second.end("SIGTERM"), 0);
  });

  it("holds each event once, though the sealer was killed in the midst of its work", async () => {
    const ids = (await Promise.all(Array.from({ length: 10 }, () => hear(service, "killed", 2_000)))).flat();
    await eventually("a part to be in the chain", async () => ((await count("killed")) > 0 ? true : undefined));
    await service.kill();
    const sealed = await count("killed");
    assert.ok(sealed < ids.length, "it was killed too late to prove anything");
    await service.startProcess();
    await whole("killed", ids);
  });
});
