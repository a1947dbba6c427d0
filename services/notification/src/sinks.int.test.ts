import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { Sink } from "@muster/contracts/gen/muster/notification/v1/sink";
import { ElasticsearchSimulator } from "@muster/e2e/simulators/sinks/elasticsearch";
import { eventually } from "@muster/testkit/eventually";
import { caller, RunningNotification } from "./testing/running-notification.ts";

const everything = { sinkId: "", pageSize: 0, pageToken: "", eventIds: [] };

/** A lease that ends by itself does so after 30 seconds. */
const LONGEST_LEASE_MS = 120_000;

describe("a sink", () => {
  let service: RunningNotification;
  let elastic: ElasticsearchSimulator;

  before(async () => {
    service = await RunningNotification.start("127.0.0.1/32,::1/128");
    elastic = new ElasticsearchSimulator({ indexes: ["muster"], authorization: "ApiKey sesame" });
    await elastic.open();
  });

  after(async () => {
    await elastic.close();
    assert.equal(await service.stop(), 0);
  });

  afterEach(async () => {
    elastic.outage = undefined;
    elastic.befalls = () => undefined;
    for (const { id } of (await service.sinks.listSinks({}, caller)).sinks)
      await service.sinks.deleteSink({ id, expectedRevisions: [] }, caller);
  });

  const toElastic = (changes: object = {}) =>
    service.createSink({
      elasticsearch: { url: elastic.url, index: "muster", apiKey: "sesame" },
      batching: { lingerMs: 1 },
      ...changes,
    });
  const inElastic = (ids: readonly string[]) =>
    eventually(
      "all documents",
      async () => (ids.every((id) => elastic.documents.has(id)) ? true : undefined),
      LONGEST_LEASE_MS,
    );
  const tell = async (count: number, name = "Disks are sealed"): Promise<string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.push(await service.policyChanged(`${name} ${n}`));
    return ids;
  };
  const linesOf = async (name: string): Promise<{ id: string; data: object }[]> => {
    const text = await readFile(join(service.sinkFolder, "acme", `${name}.ndjson`), "utf8").catch(() => "");
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { id: string; data: object });
  };
  const inFile = (name: string, ids: readonly string[]) =>
    eventually(`all events in ${name}`, async () => {
      const written = new Set((await linesOf(name)).map(({ id }) => id));
      return ids.every((id) => written.has(id)) ? written : undefined;
    });

  it("is sent what it wants, in its format, and nothing else", async () => {
    await service.createSink({
      file: { name: "wanted" },
      filter: { types: ["muster.policy.*"], deviceIds: ["device-1"] },
    });
    await service.createSink({ file: { name: "ecs" }, format: "EVENT_FORMAT_ECS", filter: { services: ["policy"] } });
    const wanted = await service.policyChanged("a", { deviceId: "device-1" });
    const other = await service.policyChanged("b", { deviceId: "device-2" });
    await service.policyChanged("c", { tenant: "globex", deviceId: "device-1" });
    assert.deepEqual([...(await inFile("wanted", [wanted]))], [wanted]);
    const ecs = await eventually("both events", async () => {
      const lines = (await linesOf("ecs")) as unknown as { event: { id: string } }[];
      return lines.length >= 2 ? lines : undefined;
    });
    assert.deepEqual(
      ecs.map(({ event }) => event.id),
      [wanted, other],
    );
  });

  it("begins at the first event kept when it is asked to, and is told of how far it came", async () => {
    const ids = await tell(3, "before");
    const { id } = await service.createSink({ file: { name: "history" }, start: { position: "0" } });
    await inFile("history", ids);
    const { health } = await eventually("no lag", async () => {
      const sink = await service.sink(id);
      return sink.health.lagEvents === 0 ? sink : undefined;
    });
    assert.deepEqual(
      [health.state, health.breaker, health.deadCount, health.lagSeconds],
      ["SINK_STATE_RUNNING", "BREAKER_STATE_CLOSED", 0, 0],
    );
    assert.ok(health.deliveredCount >= 3);
    assert.ok(health.lastSuccessAt);
  });

  it("that is dead holds up no other, is told of as failing, and gets everything once it is well", async () => {
    elastic.outage = 503;
    const { id } = await toElastic();
    await service.createSink({ file: { name: "beside" } });
    const ids = await tell(5);
    await inFile("beside", ids);
    // Each pause is longer than the one before; resuming ends it.
    for (let failures = 1; failures < 5; failures++) {
      await eventually(`failure ${failures}`, async () =>
        (await service.sink(id)).health.consecutiveFailures >= failures ? true : undefined,
      );
      await service.sinks.resumeSink({ id }, caller);
    }
    const [failing] = await eventually("SinkFailing in the other sink", async () => {
      const found = (await linesOf("beside")).filter(({ data }) => "sinkId" in data && data.sinkId === id);
      return found.length > 0 ? found : undefined;
    });
    assert.match(JSON.stringify(failing?.data), /503/);
    const { health } = await service.sink(id);
    assert.equal(health.state, "SINK_STATE_FAILING");
    assert.match(health.lastError, /503/);
    assert.ok(health.consecutiveFailures >= 5);
    assert.ok(health.lagEvents >= 5);
    elastic.outage = undefined;
    await service.sinks.resumeSink({ id }, caller);
    await inElastic(ids);
    await eventually("recovery", async () =>
      (await service.sink(id)).health.state === "SINK_STATE_RUNNING" ? true : undefined,
    );
  });

  it("sets aside the event that is refused, goes on, and sends it again when asked to", async () => {
    const { id: sinkId } = await toElastic();
    const [poison = "", ...others] = await tell(4);
    elastic.befalls = (id) =>
      id === poison ? { status: 400, type: "document_parsing_exception", reason: "no such field" } : undefined;
    // What was sent before the rule stood is sent again from the first on.
    elastic.documents.clear();
    await service.sinks.replaySink({ id: sinkId, time: undefined, position: "0" }, caller);
    await inElastic(others);
    const letters = async () => (await service.sinks.listDeadLetters({ ...everything, sinkId }, caller)).deadLetters;
    const [letter] = await eventually("a dead letter", async () =>
      (await letters()).length > 0 ? letters() : undefined,
    );
    assert.equal(letter?.eventId, poison);
    assert.equal(letter?.reason, "400 document_parsing_exception: no such field");
    elastic.befalls = () => undefined;
    assert.deepEqual(await service.sinks.replayDeadLetters({ sinkId, eventIds: [poison] }, caller), { replayed: 1 });
    await inElastic([poison]);
    await eventually("no dead letter", async () => ((await letters()).length === 0 ? true : undefined));
  });

  it("drops dead letters when asked to", async () => {
    elastic.befalls = () => ({ status: 400, type: "document_parsing_exception", reason: "no" });
    const { id: sinkId } = await toElastic();
    await tell(2);
    await eventually("two dead letters", async () =>
      (await service.sink(sinkId)).health.deadCount === 2 ? true : undefined,
    );
    const { deadLetters } = await service.sinks.listDeadLetters({ ...everything, sinkId, pageSize: 1 }, caller);
    assert.equal(deadLetters.length, 1);
    assert.deepEqual(await service.sinks.dropDeadLetters({ sinkId, eventIds: [] }, caller), { dropped: 2 });
    assert.equal((await service.sink(sinkId)).health.deadCount, 0);
  });

  it("loses nothing when the service is killed in the middle", async () => {
    elastic.outage = 503;
    const { id } = await toElastic({ batching: { maxEvents: 2, lingerMs: 1, inFlight: 1 } });
    const ids = await tell(40);
    await eventually("all events kept", async () =>
      (await service.sink(id)).health.lagEvents >= 40 ? true : undefined,
    );
    elastic.outage = undefined;
    await service.sinks.resumeSink({ id }, caller);
    await eventually("the first documents", async () => (elastic.documents.has(ids[0] ?? "") ? true : undefined));
    await service.kill();
    // The lease of who was killed ends by itself; here time is moved instead of waited for.
    await service.database.database.system(({ sql }) =>
      sql
        .updateTable("sinks")
        .set({ held_until: new Date(0) })
        .execute(),
    );
    await service.startProcess();
    await inElastic(ids);
  });

  it("is worked on by one replica, and goes on in another as soon as that one ends, with nothing twice", async () => {
    const replica = await service.startReplica();
    await service.createSink({
      file: { name: "replicas" },
      filter: { services: ["policy"] },
      batching: { maxEvents: 2 },
    });
    const ids = await tell(6, "both");
    await inFile("replicas", ids);
    assert.equal(await service.process.end("SIGTERM"), 0);
    ids.push(...(await tell(6, "one")));
    await inFile("replicas", ids);
    const written = (await linesOf("replicas")).map(({ id }) => id);
    assert.deepEqual([...written].sort(), [...ids].sort());
    await service.startProcess();
    assert.equal(await replica.end("SIGTERM"), 0);
  });

  it("stands still while it is paused", async () => {
    const { id } = await service.createSink({ file: { name: "paused" } });
    await inFile("paused", await tell(1));
    const { sink } = await service.sinks.pauseSink({ id }, caller);
    assert.deepEqual([sink?.health?.state, sink?.revision], ["SINK_STATE_PAUSED", 2]);
    const removal = service.sinks.deleteSink({ id, expectedRevisions: [1] }, caller);
    await assert.rejects(removal, { code: "revision.changed" });
    const ids = await tell(2);
    await service.createSink({ file: { name: "meanwhile" }, start: { position: sink?.health?.position } });
    await inFile("meanwhile", ids);
    assert.equal((await linesOf("paused")).length, 1);
    await service.sinks.resumeSink({ id }, caller);
    await inFile("paused", ids);
  });

  it("is tested with one marked event, and the other side's words are told", async () => {
    const { id } = await toElastic();
    const yes = await service.sinks.testSink({ id }, caller);
    assert.equal(yes.taken, true);
    assert.equal(elastic.documents.get(yes.eventId)?.["type"], "muster.notification.v1.SinkTest");
    elastic.outage = 503;
    const no = await service.sinks.testSink({ id }, caller);
    assert.deepEqual([no.taken, no.answer], [false, "the other side answered 503: the cluster is not well"]);
  });

  it("shows no secret, keeps it over changes, and asks for it when the host is another", async () => {
    const { id, ...created } = await toElastic();
    assert.deepEqual(created.destination?.value, {
      ...created.destination?.value,
      url: elastic.url,
      index: "muster",
      apiKey: "",
      password: "",
    });
    const change = (url: string, expectedRevisions = [1]) => {
      const destination = {
        $case: "elasticsearch" as const,
        value: { url, index: "muster", username: "", password: "", apiKey: "", tls: undefined },
      };
      return service.sinks.updateSink({ id, sink: { ...created, id, destination }, expectedRevisions }, caller);
    };
    await change(elastic.url);
    assert.equal((await service.sinks.testSink({ id }, caller)).answer, "");
    await assert.rejects(change(elastic.url), { code: "revision.changed" });
    await assert.rejects(change(elastic.url.replace("127.0.0.1", "localhost")), { code: "sink.secret_needed" });
  });

  it("keeps a password no longer than its user, so that it can sign in another way", async () => {
    const before = { url: elastic.url, index: "muster", username: "muster", password: "sesame" };
    const { id, ...created } = await service.createSink({ elasticsearch: before });
    const change = (value: object) =>
      service.sinks.updateSink(
        {
          id,
          sink: Sink.fromPartial({ ...created, id, destination: { $case: "elasticsearch", value } }),
          expectedRevisions: [],
        },
        caller,
      );
    const { sink } = await change({ url: elastic.url, index: "muster", apiKey: "sesame" });
    assert.deepEqual(sink?.destination?.value, { ...sink?.destination?.value, username: "", password: "", apiKey: "" });
    await assert.rejects(change({ ...before, password: "" }), { code: "sink.bad_destination" });
  });

  it("is refused where it may not reach, and what makes no sense", async () => {
    const refusals: [object, string][] = [
      [{ elasticsearch: { url: "http://10.0.0.1:9200", index: "a" } }, "sink.forbidden_address"],
      [{ elasticsearch: { url: "http://no-such-host.invalid", index: "a" } }, "sink.unknown_host"],
      [{ elasticsearch: { url: elastic.url, index: "Upper" } }, "sink.bad_destination"],
      [{ elasticsearch: { url: elastic.url, index: "a" }, format: "EVENT_FORMAT_CEF" }, "sink.bad_format"],
      [{ kafka: { brokers: ["127.0.0.1:9092", "10.0.0.1:9092"], topic: "muster" } }, "sink.forbidden_address"],
      [{ file: { name: "../../etc/cron.d/x" } }, "sink.bad_destination"],
      [{ file: { name: "a" }, filter: { services: ["nobody"] } }, "activity.bad_service"],
      [{ file: { name: "a" }, filter: { types: ["no.such.Type"] } }, "activity.bad_type"],
      [{ file: { name: "a" }, batching: { inFlight: 99 } }, "sink.bad_batching"],
      [{ file: { name: "a" }, start: { position: "somewhere" } }, "activity.bad_position"],
      [{}, "sink.bad_destination"],
    ];
    for (const [asked, code] of refusals)
      await assert.rejects(service.createSink(asked), { code }, JSON.stringify(asked));
  });
});
