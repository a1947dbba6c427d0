import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { ElasticsearchDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { ElasticsearchSimulator } from "@muster/e2e/simulators/sinks/elasticsearch";
import { cidrs } from "../domain/address-policy.ts";
import { outgoingEvent } from "../testing/outgoing-event.ts";
import type { Destination } from "./destination.ts";
import { elasticsearch } from "./elasticsearch.ts";

const never = new AbortController().signal;

describe("Elasticsearch as a sink", () => {
  let elastic: ElasticsearchSimulator;
  let sink: Destination;

  const start = async (changes: object = {}, authorization = "") => {
    elastic = new ElasticsearchSimulator({ dataStreams: ["logs-muster-default"], indexes: ["muster"], authorization });
    await elastic.open();
    const configuration = Configuration.fromPartial({ url: elastic.url, index: "logs-muster-default", ...changes });
    elasticsearch.check(configuration);
    sink = elasticsearch.open(configuration, {
      tenant: "acme",
      sink: "s1",
      format: "ocsf",
      allowed: cidrs("127.0.0.1/32"),
    });
  };

  afterEach(async () => {
    await sink.close();
    await elastic.close();
  });

  it("takes documents under the events' ids, into a data stream with a time or into an index", async () => {
    await start();
    const own = '{"@timestamp":"2026-01-01T00:00:00.000Z","n":2}';
    assert.deepEqual(await sink.send([outgoingEvent(1), outgoingEvent(2, { text: own })], never), [
      { kind: "taken" },
      { kind: "taken" },
    ]);
    assert.deepEqual(elastic.documents.get(outgoingEvent(1).id), { "@timestamp": "2026-03-01T08:00:00.000Z", n: 1 });
    assert.deepEqual(elastic.documents.get(outgoingEvent(2).id), JSON.parse(own));
    await sink.close();
    await elastic.close();
    await start({ index: "muster" });
    assert.deepEqual(await sink.send([outgoingEvent(3)], never), [{ kind: "taken" }]);
  });

  it("holds an event once, however often it is sent", async () => {
    await start();
    await sink.send([outgoingEvent(1)], never);
    assert.deepEqual(await sink.send([outgoingEvent(1), outgoingEvent(2)], never), [
      { kind: "taken" },
      { kind: "taken" },
    ]);
    assert.equal(elastic.documents.size, 2);
  });

  it("answers for each document: some are taken, some are wanted later, some never", async () => {
    await start();
    const [, later, never1, broken] = [1, 2, 3, 4].map((n) => outgoingEvent(n).id);
    elastic.befalls = (id) => {
      if (id === later) return { status: 429, type: "es_rejected_execution_exception", reason: "queue is full" };
      if (id === broken) return { status: 500, type: "internal", reason: "oops" };
      return id === never1 ? { status: 400, type: "document_parsing_exception", reason: "no such field" } : undefined;
    };
    assert.deepEqual(
      await sink.send(
        [1, 2, 3, 4].map((n) => outgoingEvent(n)),
        never,
      ),
      [
        { kind: "taken" },
        { kind: "retry", reason: "429 es_rejected_execution_exception: queue is full" },
        { kind: "refused", reason: "400 document_parsing_exception: no such field" },
        { kind: "retry", reason: "500 internal: oops" },
      ],
    );
  });

  it("blames no event for an index that is missing or a cluster that is not well", async () => {
    await start({ index: "no-such-index" });
    const [outcome] = await sink.send([outgoingEvent(1)], never);
    assert.equal(outcome?.kind, "retry");
    elastic.outage = 429;
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true });
    // The body is too large: smaller ones may be taken.
    elastic.outage = 413;
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: false });
  });

  it("is known by password or API key", async () => {
    await start(
      { username: "muster", password: "pässword" },
      `Basic ${Buffer.from("muster:pässword").toString("base64")}`,
    );
    assert.deepEqual(await sink.send([outgoingEvent(1)], never), [{ kind: "taken" }]);
    await sink.close();
    await elastic.close();
    await start({ apiKey: "c2VzYW1l" }, "ApiKey another");
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /401/ });
  });
});
