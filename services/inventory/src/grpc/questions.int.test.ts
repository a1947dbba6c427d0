import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { type EventData, type EventType, subjectOf } from "@muster/contracts/event";
import { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { Label } from "@muster/contracts/gen/muster/inventory/v1/device";
import { type LabelServiceServer, LabelServiceService } from "@muster/contracts/gen/muster/inventory/v1/label_service";
import {
  type LiveQueryServiceServer,
  LiveQueryServiceService,
  type StreamAnswersResponse,
} from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import { Policy } from "@muster/contracts/gen/muster/policy/v1/policy";
import { bodyOf, dataOf, headersOf } from "@muster/eventbus/event-message";
import { clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import { startTogether } from "@muster/testkit/start-together";
import type { TestBacking } from "@muster/testkit/test-backing";
import type { TestBus } from "@muster/testkit/test-bus";
import type { TestDatabase } from "@muster/testkit/test-database";
import { jetstream } from "@nats-io/jetstream";
import { sql } from "kysely";
import type { Schema } from "../storage/schema.ts";
import { OsqueryHost } from "../testing/osquery-host.ts";
import { type ServiceProcess, startBacking, startService } from "../testing/service-process.ts";

const caller = { tenant: "acme", actor: "ada@example.org" };
const EVERYBODY = { deviceIds: [] as string[], labelIds: [] as string[], platforms: [] };

describe("questions to devices, with two replicas", () => {
  let backing: TestBacking<Schema>;
  let bus: TestBus;
  let database: TestDatabase<Schema>;
  let first: ServiceProcess;
  let second: ServiceProcess;
  const heard: { type: string; data: unknown; deviceId: string }[] = [];
  const wakes: string[] = [];

  before(async () => {
    backing = await startBacking();
    ({ bus, database } = backing);
    bus.bus.subscribe("evt.v1.acme.inventory.*", {
      callback: (_error, message) => {
        const type = (message.headers?.get("ce-type") ?? "") as EventType;
        heard.push({ type, data: dataOf(type, message.json()), deviceId: message.headers?.get("ce-subject") ?? "" });
      },
    });
    bus.bus.subscribe("wake.>", { callback: (_error, message) => void wakes.push(message.subject) });
    [first, second] = await startTogether(startService(backing), startService(backing));
  });

  after(async () => {
    const codes = await Promise.all([first?.stop(), second?.stop()]);
    await backing?.stop();
    assert.deepEqual(codes, [0, 0]);
  });

  const live = (service: ServiceProcess) => clientOf<LiveQueryServiceServer>(LiveQueryServiceService, service.channel);
  const publish = <T extends EventType>(type: T, deviceId: string, data: EventData<T>) =>
    jetstream(bus.bus).publish(subjectOf("acme", type), bodyOf(type, data), {
      headers: headersOf({
        id: randomUUID(),
        type,
        tenant: "acme",
        deviceId,
        actor: "",
        time: new Date(),
        traceparent: "",
      }),
    });
  const answersOf = async (service: ServiceProcess, id: string) => {
    const items: StreamAnswersResponse[] = [];
    for await (const item of live(service).streamAnswers({ id }, caller, AbortSignal.timeout(20_000))) items.push(item);
    return items.flatMap(({ item }) => (item?.$case === "answer" ? [item.value] : []));
  };
  const tellOfPolicy = (policy: Parameters<typeof Policy.fromPartial>[0], removed = false) =>
    publish("muster.policy.v1.PolicyChanged", "", { policy: Policy.fromPartial(policy), removed });
  const told = (policyId: string) =>
    heard
      .filter(({ type }) => type === "muster.inventory.v1.QueryAnswered")
      .map(({ data }) => data as EventData<"muster.inventory.v1.QueryAnswered">)
      .filter((data) => data.policyId === policyId);

  it("asks a policy's question of those it is meant for, and tells the answer when it is news", async () => {
    const linux = new OsqueryHost(first);
    const other = new OsqueryHost(first);
    await Promise.all([linux.settle(), other.settle()]);
    const id = randomUUID();
    const policy = { id, query: "select 1", revision: 1, enabled: true, intervalSeconds: 1 };
    await tellOfPolicy({ ...policy, selection: { deviceIds: [linux.id], platforms: ["PLATFORM_LINUX"] } });
    linux.answers[`muster_policy_${id}`] = [{ on: "1" }];
    await eventually("the question", async () => ((await linux.settle()).length > 0 ? true : undefined));
    assert.deepEqual(await other.settle(), []);
    const [pass] = await eventually("the event", async () => (told(id).length > 0 ? told(id) : undefined));
    assert.equal(pass?.rowCount, 1);
    assert.equal(pass?.rows[0]?.columns["on"], "1");
    assert.equal(pass?.version, 1);
    await tellOfPolicy({ ...policy, revision: 2, query: "select 2" });
    linux.answers[`muster_policy_${id}`] = [];
    await eventually("the new wording", async () => ((await other.settle()).length > 0 ? true : undefined));
    await linux.settle();
    await eventually("the new answer", async () =>
      told(id).some(
        ({ deviceId, policyRevision, rowCount }) => deviceId === linux.id && policyRevision === 2 && rowCount === 0,
      )
        ? true
        : undefined,
    );
    await tellOfPolicy(policy);
    await tellOfPolicy({ ...policy, revision: 3 }, true);
  });

  it("tells an unchanged answer anew when a device carries the policy's label again", async () => {
    const labels = clientOf<LabelServiceServer>(LabelServiceService, first.channel);
    const host = new OsqueryHost(first);
    await host.settle();
    const { label } = await labels.createLabel(
      { label: Label.fromPartial({ name: "pilots", kind: "LABEL_KIND_MANUAL" }) },
      caller,
    );
    const members = { id: label?.id ?? "", deviceIds: [host.id] };
    const id = randomUUID();
    const selection = { labelIds: [members.id] };
    await tellOfPolicy({ id, query: "select 1", revision: 1, enabled: true, intervalSeconds: 3600, selection });
    host.answers[`muster_policy_${id}`] = [{ on: "1" }];
    for (const times of [1, 2]) {
      await labels.addLabelDevices(members, caller);
      await eventually(`the answer told for the ${times}. time`, async () => {
        await host.settle();
        return told(id).length === times ? true : undefined;
      });
      await labels.removeLabelDevices(members, caller);
    }
  });

  it("streams the answers of a live query as they come, whichever replica they come to", async () => {
    const hosts = [new OsqueryHost(first), new OsqueryHost(second), new OsqueryHost(second)];
    for (const host of hosts) await host.settle();
    const selection = { ...EVERYBODY, deviceIds: hosts.map(({ id }) => id) };
    wakes.length = 0;
    const { liveQuery } = await live(first).startLiveQuery(
      { sql: "select 1 as one;", selection, expiresInSeconds: 0 },
      caller,
    );
    assert.equal(liveQuery?.targets, 3);
    const answers = answersOf(second, liveQuery.id);
    for (const host of hosts) {
      host.answers[`muster_live_${liveQuery.id}`] = [{ one: host.id }];
      const work = await eventually("the question", async () => {
        const read = await host.read();
        return Object.keys(read.queries).length > 0 ? read : undefined;
      });
      assert.equal(work.accelerate, 10);
      await host.write(work);
      await host.write(work);
    }
    assert.deepEqual(
      (await answers).map(({ deviceId, rows }) => [deviceId, rows[0]?.columns["one"]]),
      hosts.map(({ id }) => [id, id]),
    );
    const done = await live(first).getLiveQuery({ id: liveQuery.id }, caller);
    assert.equal(done.liveQuery?.state, "completed");
    assert.equal(done.liveQuery?.answered, 3);
    assert.ok(hosts.every(({ id }) => wakes.includes(`wake.device.acme.${id}`)));
    await eventually("the event of its end", async () => heard.find(({ type }) => type.endsWith("LiveQueryEnded")));
  });

  it("cuts an answer that is too long and says so", async () => {
    const host = new OsqueryHost(first);
    await host.settle();
    const selection = { ...EVERYBODY, deviceIds: [host.id] };
    const { liveQuery } = await live(first).startLiveQuery(
      { sql: "select 1", selection, expiresInSeconds: 60 },
      caller,
    );
    host.answers["muster_live_"] = Array.from({ length: 1_500 }, (_, index) => ({ index: String(index) }));
    await eventually("the question", async () => ((await host.settle()).length > 0 ? true : undefined));
    const [answer] = await answersOf(first, liveQuery?.id ?? "");
    assert.equal(answer?.rows.length, 1_000);
    assert.equal(answer?.truncated, true);
  });

  it("goes on answering while 200 live queries run at once, and hands a device all of its own in one answer", async () => {
    const hosts = Array.from({ length: 10 }, (_, index) => new OsqueryHost(index % 2 === 0 ? first : second));
    for (const host of hosts) await host.settle();
    const selection = { ...EVERYBODY, deviceIds: hosts.map(({ id }) => id) };
    const started = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        live(index % 2 === 0 ? first : second).startLiveQuery(
          { sql: `select ${index}`, selection, expiresInSeconds: 60 },
          caller,
        ),
      ),
    );
    const work = await eventually("all questions at once", async () => {
      const read = await (hosts[0] as OsqueryHost).read();
      return Object.keys(read.queries).length > 0 ? read : undefined;
    });
    assert.equal(Object.keys(work.queries).length, 200);
    await hosts[0]?.write(work);
    await Promise.all(
      hosts
        .slice(1)
        .map((host) =>
          eventually("a host's questions", async () => ((await host.settle()).length >= 200 ? true : undefined)),
        ),
    );
    for (const { liveQuery } of started) {
      const now = await live(first).getLiveQuery({ id: liveQuery?.id ?? "" }, caller);
      assert.equal(now.liveQuery?.state, "completed");
      assert.equal(now.liveQuery?.answered, 10);
    }
  });

  it("ends by being stopped, by its time, and at once when it asks nobody", async () => {
    const host = new OsqueryHost(first);
    await host.settle();
    const selection = { ...EVERYBODY, deviceIds: [host.id] };
    const start = async (expiresInSeconds: number, asked = selection) =>
      (await live(first).startLiveQuery({ sql: "select 1", selection: asked, expiresInSeconds }, caller)).liveQuery;
    const stopped = await start(60);
    const watching = answersOf(second, stopped?.id ?? "");
    assert.equal((await live(second).stopLiveQuery({ id: stopped?.id ?? "" }, caller)).liveQuery?.state, "stopped");
    assert.deepEqual(await watching, []);
    const expired = await start(1);
    await answersOf(first, expired?.id ?? "");
    assert.equal((await live(first).getLiveQuery({ id: expired?.id ?? "" }, caller)).liveQuery?.state, "expired");
    const nobody = await start(60, { ...EVERYBODY, labelIds: [randomUUID()] });
    assert.equal(nobody?.state, "completed");
    assert.deepEqual(await host.settle(), []);
  });

  it("refuses what is not one question that reads", async () => {
    for (const sql of ["", "delete from users", "select 1; select 2", `select '${"x".repeat(70_000)}'`]) {
      await assert.rejects(live(first).startLiveQuery({ sql, selection: undefined, expiresInSeconds: 0 }, caller), {
        code: "query.bad_sql",
      });
    }
  });

  it("asks a person's own device nothing about the person, and keeps nothing of it", async () => {
    const host = new OsqueryHost(first);
    await host.settle();
    await publish("muster.enrollment.v1.DeviceEnrolled", host.id, {
      reEnrolled: false,
      enrollment: Enrollment.fromPartial({
        deviceId: host.id,
        generations: { osquery: 1 },
        version: 1,
        status: "STATUS_ENROLLED",
        ownership: "OWNERSHIP_PERSONAL",
        hostname: "anna",
      }),
    });
    const names = await eventually("its new questions", async () => {
      const asked = await host.settle();
      return asked.length > 0 ? asked : undefined;
    });
    assert.ok(names.includes("muster_detail_os_version"));
    assert.ok(!names.some((name) => /users|deb_packages|interface/.test(name)));
    const { rows } = await database.database.system((work) =>
      sql<{ value: unknown }>`
        select jsonb_agg(value) || jsonb_build_array((select to_jsonb(d) from devices d where id = ${host.id})) as value
        from facts where device_id = ${host.id}`.execute(work.sql),
    );
    assert.doesNotMatch(JSON.stringify(rows), /serial-|uuid-|host-|10\.1\.2\.3|anna/);
    const selection = { ...EVERYBODY, deviceIds: [host.id] };
    await assert.rejects(live(first).startLiveQuery({ sql: "select 1", selection, expiresInSeconds: 0 }, caller), {
      code: "device.personal",
    });
  });
});
