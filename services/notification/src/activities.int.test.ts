import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Activity, StreamEventsRequest } from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { eventually } from "@muster/testkit/eventually";
import { recordActivities } from "./storage/activities.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";
import { prune } from "./usecases/prune.ts";

describe("the event stream", () => {
  let service: RunningNotification;

  before(async () => {
    service = await RunningNotification.start("");
  });

  after(async () => assert.equal(await service.stop(), 0));

  const stream = (
    afterPosition: string,
    signal: AbortSignal,
    { tenant = caller.tenant, ...filter }: Partial<StreamEventsRequest> & { tenant?: string } = {},
  ) =>
    service.activities.streamEvents(
      { ...StreamEventsRequest.fromJSON({}), ...filter, afterPosition },
      { ...caller, tenant },
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
      {
        types: [],
        deviceId: "",
        services: [],
        labelIds: [],
        deviceIds: [],
        search: "",
        since: undefined,
        until: undefined,
        pageSize: 0,
        pageToken: "",
        ...query,
      },
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
    const state = { arrived: false };
    void first.then(() => {
      state.arrived = true;
    });
    while (!state.arrived) {
      sent.push(await service.policyChanged("now"));
      await delay(20);
    }
    const id = (await first).value?.activity?.id;
    assert.ok(sent.includes(id ?? ""));
    const tookMs = async () => {
      const started = performance.now();
      const told = await service.policyChanged("at once");
      for (;;) if ((await events.next()).value?.activity?.id === told) return performance.now() - started;
    };
    // A machine that is busy with other tests may hold up one, and hardly all.
    const each = [await tookMs(), await tookMs(), await tookMs(), await tookMs()];
    assert.ok(Math.min(...each) < 500, `${each.join(", ")} ms`);
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
              data: "{}",
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
    const state = { done: false };
    void writers.then(() => {
      state.done = true;
    });
    while (!state.done || heard.length < written.length) {
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

  it("begins at a time, and goes on from there by position with the same events", async () => {
    const tenant = "timely";
    const tell = (name: string) => service.policyChanged(name, { tenant });
    const before = await tell("before");
    await eventually("the event before", async () =>
      (await list({}, tenant)).activities.length > 0 ? true : undefined,
    );
    const since = new Date();
    const wanted = [await tell("one"), await tell("two"), await tell("three")];
    const first = await read(3, "", { tenant, since });
    assert.deepEqual(
      first.map(({ id }) => id),
      wanted,
    );
    const rest = await read(2, first[0]?.position ?? "", { tenant, since });
    assert.deepEqual(
      rest.map(({ id }) => id),
      wanted.slice(1),
    );
    const kept = await read(3, "0", { tenant, since });
    assert.ok(!kept.some(({ id }) => id === before));
  });

  it("sends only events of the services, labels and devices that were asked for", async () => {
    const tenant = "choosy";
    const tell = (deviceId: string) => service.policyChanged("ours", { tenant, deviceId });
    await service.labelled("carrier", ["finance"], { tenant });
    const [one, carrier] = [await tell("one"), await tell("carrier")];
    await tell("other");
    const policy = { tenant, services: ["policy"] };
    const ids = (activities: Activity[]) => activities.map(({ id }) => id);
    assert.deepEqual(ids(await read(1, "0", { ...policy, labelIds: ["finance", "none"] })), [carrier]);
    assert.deepEqual(ids(await read(2, "0", { ...policy, deviceIds: ["one"], deviceId: "carrier" })), [one, carrier]);
    const { activities } = await list({ services: ["policy"], labelIds: ["finance"] }, tenant);
    assert.deepEqual(ids(activities), [carrier]);
    const labelled = await list({ services: ["inventory"], deviceIds: ["carrier"] }, tenant);
    assert.deepEqual(
      labelled.activities.map(({ type }) => type),
      ["muster.inventory.v1.LabelMembershipChanged"],
    );
    await assert.rejects(read(1, "0", { services: ["payroll"] }), { code: "activity.bad_service" });
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

  it("forgets what is older than the days it keeps, and no more", async () => {
    const { activities: before } = await list({ pageSize: 500 });
    const pruned = { database: service.database.database, keepDays: 90 };
    const inDays = (days: number) => () => new Date(Date.now() + days * 86_400_000);
    await prune({ ...pruned, now: inDays(89) }, new AbortController().signal);
    assert.equal((await list({ pageSize: 500 })).activities.length, before.length);
    // What is not in the audit chain yet stays for so long.
    await eventually("nothing to be left", async () => {
      await prune({ ...pruned, now: inDays(91) }, new AbortController().signal);
      return (await list({})).activities.length === 0 ? true : undefined;
    });
  });
});
