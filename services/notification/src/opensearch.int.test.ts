import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import type { EventType } from "@muster/contracts/event";
import { events as EVENTS } from "@muster/contracts/gen/events";
import { ElasticsearchDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { type EventFormat, render } from "@muster/event-formats/render";
import { sampleEvent } from "@muster/event-formats/testing/sample-events";
import { eventually } from "@muster/testkit/eventually";
import type { Destination } from "./destinations/destination.ts";
import { elasticsearch } from "./destinations/elasticsearch.ts";
import { cidrs } from "./domain/address-policy.ts";
import { MOST_REQUEST_BYTES, OpenSearch } from "./testing/opensearch/opensearch.ts";
import { OPENSEARCH_VERSION, openSearchIsMissing } from "./testing/opensearch/opensearch-jars.ts";
import { outgoingEvent } from "./testing/outgoing-event.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";

const TEMPLATE = join(import.meta.dirname, "../index-template.json");
const never = new AbortController().signal;
const taken = { kind: "taken" };

describe(`OpenSearch ${OPENSEARCH_VERSION} as a sink`, { skip: openSearchIsMissing() }, () => {
  let node: OpenSearch;
  let sink: Destination | undefined;

  before(async () => {
    node = await OpenSearch.start();
    await node.ask("PUT", "/_index_template/muster", JSON.parse(readFileSync(TEMPLATE, "utf8")));
  });

  afterEach(async () => {
    await sink?.close();
    sink = undefined;
  });

  after(() => node.remove());

  const into = (index: string): Destination => {
    const configuration = Configuration.fromPartial({ url: node.url, index });
    elasticsearch.check(configuration);
    const context = { tenant: "acme", sink: "s1", format: "ecs" as const, allowed: cidrs("127.0.0.1/32") };
    sink = elasticsearch.open(configuration, context);
    return sink;
  };

  for (const index of ["logs-muster-plain", "an-index"]) {
    it(`takes documents into ${index} under the events' ids, each once`, async () => {
      const events = [outgoingEvent(1), outgoingEvent(2)];
      assert.deepEqual(await into(index).send(events.slice(0, 1), never), [taken]);
      assert.deepEqual(await sink?.send(events, never), [taken, taken]);
      assert.deepEqual(
        await node.documents(index),
        new Map(events.map(({ id }, n) => [id, { "@timestamp": "2026-03-01T08:00:00.000Z", n: n + 1 }])),
      );
    });
  }

  for (const format of ["cloudevents", "ocsf", "ecs"] satisfies EventFormat[]) {
    it(`takes every event that Muster tells into one data stream with our template, as ${format}`, async () => {
      const types = Object.keys(EVENTS) as EventType[];
      const samples = types.map((type) => sampleEvent(type));
      // The same type with a body of another shape, and with more text than an index takes as one term.
      const action = sampleEvent("muster.gateway.v1.ActionTaken");
      samples.push({
        ...action,
        data: Object.assign({}, action.data, { before: { name: { cut: 1 } }, after: { name: "x" } }),
      });
      samples.push({
        ...action,
        data: Object.assign({}, action.data, { after: { name: [true], text: "x".repeat(40_000) } }),
      });
      const events = samples.map((sample, n) => outgoingEvent(n, { type: sample.type, text: render(format, sample) }));
      const outcomes = await into(`logs-muster-${format}`).send(events, never);
      const refused = outcomes.flatMap((outcome, n) => (outcome.kind === "taken" ? [] : [[types[n], outcome]]));
      assert.deepEqual(refused, []);
      const documents = await node.documents(`logs-muster-${format}`);
      for (const { id, text } of events) {
        const { "@timestamp": _, ...document } = documents.get(id) ?? {};
        const { "@timestamp": _ours, ...sent } = JSON.parse(text) as Record<string, unknown>;
        assert.deepEqual(document, sent);
      }
    });
  }

  it("refuses the document that does not fit the mapping, with the reason, and takes its neighbours", async () => {
    const misfit = outgoingEvent(2, { text: '{"n":{"not":"a number"}}' });
    const timeless = outgoingEvent(4, { text: '{"@timestamp":["2026-03-01T08:00:00Z","2026-03-01T08:00:01Z"]}' });
    const outcomes = await into("logs-muster-numbers").send(
      [outgoingEvent(1), misfit, outgoingEvent(3), timeless],
      never,
    );
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["taken", "refused", "taken", "refused"],
    );
    const reasons = outcomes.map((outcome) => ("reason" in outcome ? outcome.reason : ""));
    assert.match(reasons[1] ?? "", /^400 mapper_parsing_exception: .*\[n\]/);
    assert.match(reasons[3] ?? "", /^400 mapper_parsing_exception: failed to parse: .*single-valued timestamp/);
  });

  it("blames no event for an index that is closed to writing or missing", async () => {
    await node.ask("PUT", "/closed", { settings: { "index.blocks.write": true } });
    const [blocked] = await into("closed").send([outgoingEvent(1)], never);
    assert.equal(blocked?.kind, "retry");
    assert.match(blocked?.reason ?? "", /^403 cluster_block_exception/);
    await sink?.close();
    await node.ask("PUT", "/_cluster/settings", { transient: { "action.auto_create_index": "false" } });
    const [missing] = await into("missing").send([outgoingEvent(1)], never);
    assert.equal(missing?.kind, "retry");
    assert.match(missing?.reason ?? "", /^404 index_not_found_exception/);
    await node.ask("PUT", "/_cluster/settings", { transient: { "action.auto_create_index": null } });
  });

  it("says of a request that is too large that no such request will be taken, so that it is halved", async () => {
    const text = JSON.stringify({ text: "x".repeat(MOST_REQUEST_BYTES * 0.6) });
    const large = [1, 2].map((n) => outgoingEvent(n, { text }));
    await assert.rejects(into("large").send(large, never), { retryable: false, message: /413/ });
    assert.deepEqual(await sink?.send(large.slice(0, 1), never), [taken]);
  });

  it("has every event once after it was killed in the middle of batches and came back", async () => {
    const service = await RunningNotification.start("127.0.0.1/32");
    try {
      const { id } = await service.createSink({
        elasticsearch: { url: node.url, index: "logs-muster-killed" },
        filter: { services: ["policy"] },
        batching: { maxEvents: 5, lingerMs: 1, inFlight: 4 },
      });
      const ids: string[] = [];
      const tell = async (count: number) => {
        for (let n = 0; n < count; n++) ids.push(await service.policyChanged(`Disks are sealed ${n}`));
      };
      const telling = tell(400);
      await eventually("the first events", async () =>
        (await service.sink(id)).health.deliveredCount > 0 ? true : undefined,
      );
      await node.kill();
      await telling;
      await eventually("a failure", async () =>
        (await service.sink(id)).health.consecutiveFailures > 0 ? true : undefined,
      );
      await node.start();
      await service.sinks.resumeSink({ id }, caller);
      await eventually(
        "all delivered",
        async () => ((await service.sink(id)).health.deliveredCount >= ids.length ? true : undefined),
        60_000,
      );
      const { health } = await service.sink(id);
      assert.deepEqual([health.deliveredCount, health.deadCount], [ids.length, 0]);
      assert.deepEqual([...(await node.documents("logs-muster-killed")).keys()].sort(), [...ids].sort());
    } finally {
      assert.equal(await service.stop(), 0);
    }
  });
});
