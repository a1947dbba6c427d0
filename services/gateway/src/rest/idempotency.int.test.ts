import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import type { ServiceProcess } from "@muster/testkit/service-process";
import { sql } from "kysely";
import type { GatewayTables } from "../storage/tables.ts";
import { type Fleet, LAPTOP, startFleet } from "../testing/fleet.ts";

describe("a request that is repeated while it is in work", () => {
  let fleet: Fleet;
  let gateway: GatewayProcess<GatewayTables>;
  let other: ServiceProcess;

  before(async () => {
    fleet = await startFleet();
    gateway = await startGatewayProcess(fleet.address);
    other = await gateway.anotherReplica();
  });

  afterEach(() => {
    fleet.refetched.splice(0);
    fleet.requestKeys.splice(0);
  });

  after(async () => {
    await other?.end("SIGTERM");
    await gateway?.stop();
    await fleet?.stop();
  });

  const refetch = async (url: string, key: string) => {
    const response = await fetch(`${url}/api/v1/devices/${LAPTOP.id}/refetch`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.admin.token}`, "idempotency-key": key },
    });
    return { status: response.status, replayed: response.headers.get("idempotent-replayed") };
  };
  const arrived = (times: number) =>
    eventually(`${times} requests at the service`, async () => (fleet.refetched.length === times ? true : undefined));
  const waiting = (key: string) =>
    eventually("the request to be noted", () =>
      gateway.database.database.system(async (work) => {
        const { rows } = await sql`select from idempotent_requests where key = ${key} and status is null`.execute(
          work.sql,
        );
        return rows.length > 0 ? true : undefined;
      }),
    );

  it("waits for the first, in its own process and in another replica, and is answered the same", async () => {
    const release = fleet.holdRefetches();
    const first = refetch(gateway.url, "slow");
    await arrived(1);
    const repeated = [refetch(gateway.url, "slow"), refetch(other.httpUrl, "slow")];
    release();
    assert.deepEqual(await first, { status: 202, replayed: null });
    for (const answer of await Promise.all(repeated)) assert.deepEqual(answer, { status: 202, replayed: "true" });
    assert.equal(fleet.refetched.length, 1);
  });

  it("does the work itself when the replica that had it died", async () => {
    const release = fleet.holdRefetches();
    const dying = await gateway.anotherReplica();
    const first = refetch(dying.httpUrl, "orphan").catch(() => "cut off");
    await arrived(1);
    const repeated = refetch(gateway.url, "orphan");
    await dying.end("SIGKILL");
    assert.equal(await first, "cut off");
    release();
    await waiting("orphan");
    // As if the time in which a request can be in work had passed.
    await gateway.database.database.system((work) =>
      sql`update idempotent_requests set started_at = started_at - interval '1 minute' where key = 'orphan'`.execute(
        work.sql,
      ),
    );
    assert.deepEqual(await repeated, { status: 202, replayed: null });
    assert.equal(fleet.refetched.length, 2);
    // By this the service knows the second for the first.
    const [one, two] = fleet.requestKeys;
    assert.match(one ?? "", /^[0-9a-f]{64}$/);
    assert.equal(two, one);
    assert.deepEqual(await refetch(other.httpUrl, "orphan"), { status: 202, replayed: "true" });
  });

  it("gets the answer of whoever took it over when its own comes too late", async () => {
    const release = fleet.holdRefetches();
    const first = refetch(gateway.url, "late");
    await arrived(1);
    await gateway.database.database.system((work) =>
      sql`update idempotent_requests set started_at = started_at - interval '1 minute' where key = 'late'`.execute(
        work.sql,
      ),
    );
    const second = refetch(other.httpUrl, "late");
    await arrived(2);
    release();
    const answers = await Promise.all([first, second]);
    assert.equal(answers.filter(({ replayed }) => replayed === "true").length, 1);
  });
});
