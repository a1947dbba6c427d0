import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Activity } from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { eventually } from "@muster/testkit/eventually";
import { recordActivities } from "./storage/activities.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";

describe("the event stream", () => {
  let service: RunningNotification;

  before(async () => {
    service = await RunningNotification.start("");
  });

  after(async () => assert.equal(await service.stop(), 0));

  const stream = (
    afterPosition: string,
    signal: AbortSignal,
    filter: { types?: string[]; deviceId?: string; tenant?: string } = {},
  ) =>
    service.activities.streamEvents(
      { types: filter.types ?? [], deviceId: filter.deviceId ?? "", afterPosition },
      { ...caller, tenant: filter.tenant ?? caller.tenant },
      signal,
    );

  /** Reads until enough is there or the patience is at its end, then hangs up. */
  const read = async (count: number, afterPosition: string, filter = {}, patienceMs = 10_000): Promise<Activity[]> => {
    const hangUp = new AbortController();
    const timer = setTimeout(() => hangUp.abort(), patienceMs);
    const found: Activity[] = [];
    for await (const { activity } of stream(afterPosition, hangUp.signal, filter)) {
      if (activity !== undefined) found.push(activity);
      if (found.length >= count) break;
    }
    clearTimeout(timer);
    hangUp.abort();
    return found;
  };

  const list = (query: Partial<Parameters<typeof service.activities.listActivities>[0]>, tenant = caller.tenant) =>
    service.activities.listActivities(
      { types: [], deviceId: "", search: "", since: undefined, until: undefined, pageSize: 0, pageToken: "", ...query },
      { ...caller, tenant },
    );

  it("sends what happens from now on, at once", async () => {
    await service.policyChanged("before");
    await eventually("the event before", async () => ((await list({})).activities.length > 0 ? true : undefined));
    const hangUp = new AbortController();
    const events = stream("", hangUp.signal)[Symbol.asyncIterator]();
    const first = events.next();
    // The stream begins when the server has taken the call, which nothing tells: events until the first is there.
    const sent: string[] = [];
    let arrived = false;
    void first.then(() => {
      arrived = true;
    });
    while (!arrived) {
      sent.push(await service.policyChanged("now"));
      await delay(20);
    }
    const id = (await first).value?.activity?.id;
    assert.ok(sent.includes(id ?? ""));
    const told = service.policyChanged("at once");
    const started = performance.now();
    for (;;) if ((await events.next()).value?.activity?.id === (await told)) break;
    assert.ok(performance.now() - started < 500);
    hangUp.abort();
  });

  it("leaves nothing out and repeats nothing, though writers commit in another order than they began and readers hang up", async () => {
    const tenant = "busy";
    const written: string[] = [];
    const write = async (): Promise<void> => {
      for (let round = 0; round < 25; round++) {
        const ids = Array.from({ length: 1 + Math.floor(Math.random() * 4) }, () => randomUUID());
        await service.database.database.tenant(tenant, async ({ sql }) => {
          await recordActivities(
            sql,
            ids.map((id) => ({
              id,
              tenant,
              type: "muster.policy.v1.PolicyChanged",
              source: "/muster/policy",
              deviceId: "",
              actor: "",
              time: new Date(),
              traceparent: "",
              data: {},
            })),
          );
          // The transaction stays open for a while: others that began later commit before it.
          await delay(Math.random() * 30);
        });
        written.push(...ids);
      }
    };
    const writers = Promise.all(Array.from({ length: 6 }, write));
    const heard: Activity[] = [];
    let position = "0";
    let done = false;
    void writers.then(() => {
      done = true;
    });
    while (!done || heard.length < written.length) {
      const part = await read(10, position, { tenant }, 250);
      heard.push(...part);
      position = part.at(-1)?.position ?? position;
    }
    await writers;
    assert.equal(new Set(heard.map(({ id }) => id)).size, heard.length);
    assert.deepEqual(heard.map(({ id }) => id).sort(), written.sort());
    assert.deepEqual(
      (await read(written.length, "0", { tenant })).map(({ id }) => id),
      heard.map(({ id }) => id),
    );
  });

  it("sends only the types and the device that were asked for, and nothing of another tenant", async () => {
    const other = await service.policyChanged("theirs", { tenant: "globex", deviceId: "device-9" });
    await service.policyChanged("ours", { deviceId: "device-8" });
    const wanted = await service.policyChanged("ours", { deviceId: "device-9" });
    const [found] = await read(1, "0", { deviceId: "device-9", types: ["muster.policy.*"] });
    assert.equal(found?.id, wanted);
    const [theirs] = await read(1, "0", { tenant: "globex" });
    assert.equal(theirs?.id, other);
  });

  it("refuses a position that is none, or lies ahead", async () => {
    await assert.rejects(read(1, "yesterday"), { code: "activity.bad_position" });
    await assert.rejects(read(1, "999999999999.1"), { code: "activity.bad_position" });
    await assert.rejects(read(1, "0", { types: ["acme.*"] }), { code: "activity.bad_type" });
  });

  it("lists what happened, newest first, page by page, by device and by text", async () => {
    const ids: string[] = [];
    for (const name of ["50% of disks", "firewall", "screen lock"])
      ids.push(await service.policyChanged(name, { deviceId: "listed" }));
    await eventually("three events", async () =>
      (await list({ deviceId: "listed" })).activities.length === 3 ? true : undefined,
    );
    const first = await list({ deviceId: "listed", pageSize: 2 });
    const second = await list({ deviceId: "listed", pageSize: 2, pageToken: first.nextPageToken });
    assert.deepEqual(
      [...first.activities, ...second.activities].map(({ id }) => id),
      ids.toReversed(),
    );
    assert.equal(second.nextPageToken, "");
    assert.deepEqual(
      (await list({ deviceId: "listed", search: "0% OF" })).activities.map(({ id }) => id),
      [ids[0]],
    );
    assert.deepEqual((await list({ search: "5_%" })).activities, []);
    assert.deepEqual((await list({ deviceId: "listed" }, "globex")).activities, []);
    const { activities } = await list({ deviceId: "listed", search: "firewall" });
    assert.equal(activities[0]?.actor, caller.actor);
    assert.equal(activities[0]?.source, "/muster/policy");
    assert.match(activities[0]?.position ?? "", /^\d+\.\d+$/);
  });
});
