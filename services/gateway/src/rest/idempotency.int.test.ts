import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
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

  const post = async (url: string, key: string, body?: object) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.admin.token}`, "idempotency-key": key },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, replayed: response.headers.get("idempotent-replayed") };
  };
  const refetch = (url: string, key: string) => post(`${url}/api/v1/devices/${LAPTOP.id}/refetch`, key);
  /** As if a request had been begun so long before. */
  const grow = (key: string, seconds: number) =>
    gateway.database.database.system((work) =>
      sql`update idempotent_requests set started_at = started_at - make_interval(secs => ${seconds}) where key = ${key}`.execute(
        work.sql,
      ),
    );
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
    const release = fleet.hold();
    const first = refetch(gateway.url, "slow");
    await arrived(1);
    const repeated = [refetch(gateway.url, "slow"), refetch(other.httpUrl, "slow")];
    release();
    assert.deepEqual(await first, { status: 202, replayed: null });
    for (const answer of await Promise.all(repeated)) assert.deepEqual(answer, { status: 202, replayed: "true" });
    assert.equal(fleet.refetched.length, 1);
  });

  it("does the work itself when the replica that had it died", async () => {
    const release = fleet.hold();
    const dying = await gateway.anotherReplica();
    const first = refetch(dying.httpUrl, "orphan").catch(() => "cut off");
    await arrived(1);
    const repeated = refetch(gateway.url, "orphan");
    await dying.end("SIGKILL");
    assert.equal(await first, "cut off");
    release();
    await waiting("orphan");
    // As if the time in which a request can be in work had passed.
    await grow("orphan", 60);
    assert.deepEqual(await repeated, { status: 202, replayed: null });
    assert.equal(fleet.refetched.length, 2);
    // By this the service knows the second for the first.
    const [one, two] = fleet.requestKeys;
    assert.match(one ?? "", /^[0-9a-f]{64}$/);
    assert.equal(two, one);
    assert.deepEqual(await refetch(other.httpUrl, "orphan"), { status: 202, replayed: "true" });
  });

  it("gets the answer of whoever took it over when its own comes too late", async () => {
    const release = fleet.hold();
    const first = refetch(gateway.url, "late");
    await arrived(1);
    await grow("late", 60);
    const second = refetch(other.httpUrl, "late");
    await arrived(2);
    release();
    const answers = await Promise.all([first, second]);
    assert.equal(answers.filter(({ replayed }) => replayed === "true").length, 1);
  });
  it("is not done again while the first may still be answered, as a campaign's making is for longer than others", async () => {
    const release = fleet.hold();
    const make = (url: string) =>
      post(`${url}/api/v1/campaigns`, "many devices", { name: "all", type: "COMMAND_TYPE_REFETCH", reason: "x" });
    const first = make(gateway.url);
    await eventually("the campaign to be asked for", async () => (fleet.campaigns.length === 1 ? true : undefined));
    await grow("many devices", 25);
    const repeated = make(other.httpUrl);
    await delay(500);
    // The first knows its own by when it began.
    await grow("many devices", -25);
    release();
    assert.deepEqual(await first, { status: 201, replayed: null });
    assert.deepEqual(await repeated, { status: 201, replayed: "true" });
    assert.deepEqual(fleet.campaigns, ["all"]);
  });
});
