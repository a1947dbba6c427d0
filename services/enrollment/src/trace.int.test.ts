import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { eventually } from "@muster/testkit/eventually";
import { newHost, osqueryBody } from "./testing/hosts.ts";
import { type RunningService, startRunningService } from "./testing/running-service.ts";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
}

interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

describe("a traced enrollment", () => {
  const spans: Span[] = [];
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      for (const { scopeSpans } of (body as Export).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      response.end("{}");
    });
  });
  let service: RunningService;

  before(async () => {
    collector.listen(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address() as AddressInfo;
    service = await startRunningService({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    });
  });
  after(async () => {
    await service?.stop();
    collector.closeAllConnections();
    collector.close();
  });

  it("leaves its own trace in its event, though it shares a transaction with others", async () => {
    const wanted = { name: "hosts", secret: "", ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };
    const { enrollSecret } = await service.client.createEnrollSecret(wanted, { tenant: "acme", actor: "ada" });
    const secret = enrollSecret?.secret ?? "";
    await Promise.all(
      Array.from({ length: 10 }, () => service.post("/api/osquery/enroll", osqueryBody(secret, newHost()))),
    );
    const { rows } = await service.data.pool.query<{ traceparent: string }>("select traceparent from outbox");
    assert.equal(rows.length, 10);
    assert.equal(new Set(rows.map(({ traceparent }) => traceparent)).size, 10);
    const doors = await eventually("the spans", async () => {
      const found = spans.filter(({ name }) => name === "POST /api/osquery/enroll");
      return found.length === 10 ? found : undefined;
    });
    assert.deepEqual(
      rows.map(({ traceparent }) => traceparent).toSorted(),
      doors.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).toSorted(),
    );
  });
});
