import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { ElasticsearchSimulator } from "@muster/e2e/simulators/sinks/elasticsearch";
import { SplunkHecSimulator } from "@muster/e2e/simulators/sinks/splunk-hec";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { caller, RunningNotification } from "./testing/running-notification.ts";

const EVENTS = 20_000;

describe("sinks beside each other", () => {
  let service: RunningNotification;
  let elastic: ElasticsearchSimulator;
  let splunk: SplunkHecSimulator;
  let silent: Server;

  before(async () => {
    service = await RunningNotification.start("127.0.0.1/32,::1/128");
    elastic = new ElasticsearchSimulator({ dataStreams: ["logs-muster-default"] });
    splunk = new SplunkHecSimulator({ token: "t0ken", acknowledges: false });
    // Takes connections and requests, and never answers.
    silent = createServer(() => undefined);
    await Promise.all([
      elastic.open(),
      splunk.open(),
      new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve)),
    ]);
  });

  after(async () => {
    assert.equal(await service.stop(), 0);
    silent.closeAllConnections();
    silent.close();
    await elastic.close();
    await splunk.close();
  });

  it("each get a long history, whatever the others do", { timeout: 120_000 }, async (test) => {
    await service.database.database.tenant("acme", ({ sql: db }) =>
      sql`insert into activities (tenant, id, type, source, device_id, actor, time, traceparent, data)
        select 'acme', gen_random_uuid(), 'muster.policy.v1.ComplianceChanged', '/muster/policy', 'device-' || n % 1000, 'ada', now(), '',
          jsonb_build_object('deviceId', 'device-' || n % 1000, 'policyName', 'Disks are sealed', 'verdict', 'VERDICT_FAIL', 'reason', repeat('x', 400))
        from generate_series(1, ${EVENTS}) n`.execute(db),
    );
    const begin = performance.now();
    const begun = (name: string, destination: object) =>
      service.createSink({
        name,
        start: { position: "0" },
        format: "EVENT_FORMAT_ECS",
        filter: { types: ["muster.policy.*"] },
        ...destination,
      });
    const silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const stuck = await begun("silent", { splunkHec: { url: silentUrl, token: "t" } });
    const dead = await begun("dead", { splunkHec: { url: "http://127.0.0.1:9", token: "t" } });
    const well = [
      await begun("splunk", { splunkHec: { url: splunk.url, token: "t0ken" } }),
      await begun("elastic", { elasticsearch: { url: elastic.url, index: "logs-muster-default" } }),
      await begun("file", { file: { name: "all" } }),
    ];
    await Promise.all(
      well.map(async ({ id, name }) => {
        await eventually(
          `all events in ${name}`,
          async () => ((await service.sink(id)).health.deliveredCount >= EVENTS ? true : undefined),
          100_000,
        );
        const seconds = (performance.now() - begin) / 1_000;
        test.diagnostic(
          `${name}: ${EVENTS} events in ${seconds.toFixed(1)} s, ${Math.round(EVENTS / seconds)} a second`,
        );
      }),
    );
    assert.equal(elastic.documents.size, EVENTS);
    assert.equal(splunk.received.length, EVENTS);
    for (const { id } of [stuck, dead]) {
      const { health } = await service.sink(id);
      assert.equal(health.deliveredCount, 0);
      assert.equal(health.lagEvents, 10_000);
    }
    const memory = await fetch(`${service.process.adminUrl}/metrics`).then((answer) => answer.text());
    test.diagnostic(`resident: ${/^process_memory_usage\S* (\S+)/m.exec(memory)?.[1] ?? "?"} bytes`);
    const held = [...memory.matchAll(/^muster_sink_pending\{.*?\} (\d+)/gm)].map(([, value]) => Number(value));
    assert.ok(held.length >= 5 && held.every((value) => value <= 5_000), `held: ${held.join(", ")}`);
    for (const { id } of [stuck, dead]) await service.sinks.deleteSink({ id, expectedRevisions: [] }, caller);
  });

  it("are nobody's but their tenant's", async () => {
    const { id } = await service.createSink({ file: { name: "ours" } });
    const stranger = { tenant: "globex", actor: "eve" };
    assert.deepEqual((await service.sinks.listSinks({}, stranger)).sinks, []);
    for (const call of [
      () => service.sinks.getSink({ id }, stranger),
      () => service.sinks.testSink({ id }, stranger),
      () => service.sinks.deleteSink({ id, expectedRevisions: [] }, stranger),
      () => service.sinks.pauseSink({ id }, stranger),
      () => service.sinks.replaySink({ id, time: undefined, position: "0" }, stranger),
      () => service.sinks.listDeadLetters({ sinkId: id, pageSize: 0, pageToken: "" }, stranger),
    ]) {
      await assert.rejects(call(), { code: "sink.unknown" });
    }
    await service.sinks.deleteSink({ id, expectedRevisions: [] }, caller);
  });
});
