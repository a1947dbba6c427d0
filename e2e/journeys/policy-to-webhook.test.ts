import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../simulators/otlp-receiver.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../simulators/webhook-receiver.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { parentsIn } from "./testing/trace-parents.ts";

interface Device {
  readonly id: string;
  readonly hardwareSerial: string;
}

interface ComplianceChanged {
  readonly type: string;
  readonly data: { readonly deviceId: string; readonly policyName: string; readonly verdict: string };
}

const ROUNDS = 7;

describe("a fact that breaks a policy", () => {
  let otlp: OtlpReceiver;
  let journey: JourneyPlatform;
  let fleet: Fleet;
  let receiver: WebhookReceiver;

  before(async () => {
    otlp = await startOtlpReceiver();
    Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url, OTEL_METRIC_EXPORT_INTERVAL: "1000" });
    journey = await startJourneyPlatform();
    receiver = await startWebhookReceiver();
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    const webhook = await journey.api.post<{ secret: string }>("/api/v1/webhooks", {
      name: "journey",
      url: receiver.url,
      eventTypes: ["muster.policy.v1.ComplianceChanged"],
      enabled: true,
    });
    receiver.trust(webhook.secret);
    fleet = await startFleet({
      server: journey.platform.urls.device,
      ca: journey.ca,
      enrollSecret: journey.enrollSecret,
      hosts: 6,
      seed: "journey",
      timing: { distributedMs: 500, configMs: 5_000 },
    });
  });

  after(async () => {
    delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
    delete process.env["OTEL_METRIC_EXPORT_INTERVAL"];
    await fleet?.stop();
    await receiver?.close();
    await journey?.stop();
    await otlp?.close();
  });

  it("is first a device with facts, an event, and a policy that passes", async () => {
    const serials = fleet.hosts.map((host) => host.facts.identity.serial);
    await journey.api.until<{ devices: Device[] }, true>("/api/v1/devices?pageSize=100", ({ devices }) =>
      serials.every((serial) => devices.some((device) => device.hardwareSerial === serial)) ? true : undefined,
    );
    await journey.api.until<{ activities: { deviceId: string }[] }, true>(
      "/api/v1/activities?types=muster.inventory.v1.DeviceFactsChanged&pageSize=100",
      ({ activities }) =>
        new Set(activities.map(({ deviceId }) => deviceId)).size >= serials.length ? true : undefined,
    );
    await journey.api.post("/api/v1/policies", {
      name: "Gatekeeper is on",
      query: "SELECT 1 FROM gatekeeper WHERE assessments_enabled = 1",
      selection: { platforms: ["PLATFORM_MACOS"] },
      severity: "SEVERITY_HIGH",
      intervalSeconds: 60,
      enabled: true,
    });
    const mac = await macOf(journey);
    await journey.api.until<{ verdicts: { verdict: string }[] }, true>(
      `/api/v1/devices/${mac.id}/verdicts`,
      ({ verdicts }) => (verdicts.some(({ verdict }) => verdict === "VERDICT_PASS") ? true : undefined),
    );
  });

  it("reaches a webhook receiver, signed, and so does its mending", async (test) => {
    const mac = await macOf(journey);
    const host = fleet.hosts.find(({ facts }) => facts.identity.serial === mac.hardwareSerial);
    assert.ok(host);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const broken = round % 2 === 0;
      const wanted = broken ? "VERDICT_FAIL" : "VERDICT_PASS";
      const startedAt = performance.timeOrigin + performance.now();
      fleet.set(host.facts.identity.name, { table: "gatekeeper", patch: { assessments_enabled: broken ? 0 : 1 } });
      await journey.api.post(`/api/v1/devices/${mac.id}/refetch`);
      const delivery = await receiver.arrivals.until(
        (all) =>
          all.find(({ at, body }) => {
            const { data } = body as ComplianceChanged;
            return at > startedAt && data.deviceId === mac.id && data.verdict === wanted;
          }),
        `a webhook that says ${wanted}`,
      );
      assert.ok(delivery.verified, "the signature does not verify");
      times.push(delivery.at - startedAt);
    }
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    test.diagnostic(
      `from the change to the webhook, median ${median?.toFixed(0)} of ${times.map((ms) => ms.toFixed(0)).join(", ")} ms`,
    );
  });

  it("is one trace from the device's door over the bus to the webhook", async (test) => {
    const traceId = await otlp.spans.until((spans) => {
      const told = spans.filter(({ name }) => name === "process muster.policy.v1.ComplianceChanged");
      const asked = new Set(spans.filter(({ name }) => name.includes("distributed/write")).map((span) => span.traceId));
      return told.find((span) => asked.has(span.traceId))?.traceId;
    }, "a trace from the door to notification");
    const door = "inventory server: POST /api/osquery/distributed/write";
    const [answered, changed] = ["muster.inventory.v1.QueryAnswered", "muster.policy.v1.ComplianceChanged"];
    const judging = `policy consumer: process ${answered}`;
    const telling = `notification consumer: process ${changed}`;
    const wanted = [
      `${door} < nothing`,
      `inventory producer: publish ${answered} < ${door}`,
      `${judging} < ${door}`,
      `policy producer: publish ${changed} < ${judging}`,
      `${telling} < ${judging}`,
      `notification client: POST webhook < ${telling}`,
    ];
    const parents = await otlp.spans.until(
      (spans) => {
        const own = parentsIn(spans, traceId);
        return wanted.every((edge) => own.includes(edge)) && !own.some((edge) => edge.endsWith(" not there"))
          ? own
          : undefined;
      },
      `a trace with ${wanted.join("; ")}`,
      30_000,
    );
    test.diagnostic(parents.join("\n"));
  });

  it("is told of by the semantic conventions", () => {
    const spanOf = (name: string) => otlp.spans.all().find((span) => span.name === name)?.attributes ?? {};
    const door = spanOf("POST /api/osquery/distributed/write");
    assert.equal(door["http.request.method"], "POST");
    assert.equal(door["http.route"], "/api/osquery/distributed/write");
    assert.equal(door["http.response.status_code"], "200");
    const told = spanOf("process muster.policy.v1.ComplianceChanged");
    assert.equal(told["messaging.system.name"], "nats");
    assert.equal(told["messaging.operation.type"], "process");
    assert.equal(told["messaging.destination.template"], "evt.v1.*.policy.ComplianceChanged");
    assert.match(told["messaging.consumer.group.name"] ?? "", /./);
    const statements = otlp.spans.all().filter(({ name }) => name === "INSERT inventory");
    assert.ok(statements.every(({ attributes }) => attributes["db.system.name"] === "postgresql"));
    assert.ok(statements.some(({ attributes }) => /insert into [^]*\$1/i.test(attributes["db.query.text"] ?? "")));
  });

  it("shows in what all six services send of themselves: the metrics that /metrics has, and their logs", async () => {
    for (const { service, adminUrl: admin } of journey.platform.replicas) {
      const name = `muster-${service}`;
      const line = (body: string) =>
        otlp.logs.first((each) => each.service === name && each.body === body, `"${body}" of ${name}`, 30_000);
      await line("instrumentation is active");
      await line("service ready");
      const answer = await fetch(`${admin}/metrics`);
      const shown = (await answer.text()).matchAll(/^# TYPE (\S+) /gm);
      const names = [...shown]
        .map(([, metric = ""]) => metric.replace(/_total$/, ""))
        .filter((metric) => metric !== "target_info");
      await otlp.metrics.until(
        (all) => {
          const sent = new Set(
            all.filter((metric) => metric.service === name).map((metric) => metric.name.replaceAll(".", "_")),
          );
          return names.every((metric) => sent.has(metric)) || undefined;
        },
        `every metric of ${name}`,
        30_000,
      );
    }
  });
});

async function macOf({ api }: JourneyPlatform): Promise<Device> {
  const { devices } = await api.get<{ devices: Device[] }>("/api/v1/devices?platform=PLATFORM_MACOS");
  const mac = devices[0];
  if (mac === undefined) throw new Error("the fleet has no Mac");
  return mac;
}
