import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { caller, order } from "./testing/orders.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

interface Place {
  readonly traceId: string;
  readonly spanId: string;
}

interface Span extends Place {
  readonly name: string;
  readonly parentSpanId?: string;
  readonly links?: readonly Place[];
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

const STRANGER = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("the trace of a command", () => {
  const spans: Span[] = [];
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      for (const { scopeSpans } of (body as Export).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      response.end("{}");
    });
  });
  let platform: TestPlatform;
  let service: CommandProcess;

  before(async () => {
    collector.listen(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address() as AddressInfo;
    platform = await startTestPlatform();
    const otlp = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    };
    service = await startCommand(platform.database.url, platform.bus.url, otlp);
  });

  after(async () => {
    await service?.stop();
    await platform?.stop();
    collector.closeAllConnections();
    collector.close();
  });

  const spanOf = (name: string, id: string) =>
    eventually(`the span ${name}`, async () =>
      spans.find(
        (span) =>
          span.name === name &&
          span.attributes.some(({ key, value }) => key === "muster.command.id" && value.stringValue === id),
      ),
    );
  const doorOf = (name: string, { traceId, spanId }: Place) =>
    eventually(`the door's span ${name}`, async () =>
      spans.find((span) => span.name === name && span.traceId === traceId && span.spanId === spanId),
    );

  /** One command, asked for this long ago, carried out by an agent that claims to belong to a stranger's trace. */
  const carriedOut = async (hoursAgo: number) => {
    const device = await platform.enroll({ agent: 1 });
    const agent = await TestAgent.of(service.url, device, { traceparent: `00-${STRANGER}-00f067aa0ba902b7-01` });
    const { commands } = await service.commands.enqueueCommands(order([device.deviceId]), caller);
    const id = commands[0]?.id ?? "";
    const { rows } = await platform.database.database.tenant(TENANT, (work) =>
      sql<{ traceparent: string }>`
        update commands set created_at = created_at - make_interval(hours => ${hoursAgo})
        where tenant = ${TENANT} and id = ${id} returning traceparent`.execute(work.sql),
    );
    await agent.checkIn();
    await agent.report({ commandId: id, state: "succeeded", exitCode: 0, output: "" });
    return { id, asking: rows[0]?.traceparent.split("-")[1] };
  };

  it("has what the device's requests did to it, which link the requests and not what a device claims", async () => {
    const { id, asking } = await carriedOut(0);
    for (const [name, door] of [
      ["hand out command", "POST /agent/v1/checkin"],
      ["take result", "POST /agent/v1/results"],
    ] as const) {
      const step = await spanOf(name, id);
      assert.equal(step.traceId, asking);
      const [request] = step.links ?? [];
      assert.ok(request);
      assert.equal((await doorOf(door, request)).parentSpanId, undefined);
    }
    assert.ok(!spans.some(({ traceId }) => traceId === STRANGER));
  });

  it("is linked by what happens to it long after it was asked for, and the event goes on from there", async () => {
    const { id, asking } = await carriedOut(2);
    const step = await spanOf("take result", id);
    assert.notEqual(step.traceId, asking);
    assert.deepEqual(
      step.links?.map(({ traceId }) => traceId),
      [asking],
    );
    await eventually("the event to be published below it", async () =>
      spans.find(
        ({ name, parentSpanId }) =>
          name === "publish muster.command.v1.CommandAcknowledged" && parentSpanId === step.spanId,
      ),
    );
  });
});
