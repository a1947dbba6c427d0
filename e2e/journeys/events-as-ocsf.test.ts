import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { officialOcsf } from "@muster/testkit/ocsf-schema";
import { type EventSource, openEventSource } from "../simulators/event-source.ts";
import { type SimulatedOrbit, startOrbit } from "../simulators/orbit/simulated-orbit.ts";
import { SeededRandom } from "../simulators/seeded-random.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../simulators/webhook-receiver.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { factsOf, identityOf, type OsqueryMachines, osqueryMachines } from "./testing/osquery-machines.ts";

interface OcsfEvent {
  readonly class_uid: number;
  readonly message: string;
  readonly metadata: { readonly event_code: string; readonly uid: string };
  readonly device?: { readonly uid: string; readonly hostname?: string };
}

/** What a day with one machine brings about. */
const DAY = [
  "muster.command.v1.CommandAcknowledged",
  "muster.command.v1.CommandCancelled",
  "muster.command.v1.CommandDelivered",
  "muster.command.v1.CommandFailed",
  "muster.command.v1.CommandQueued",
  "muster.enrollment.v1.DeviceEnrolled",
  "muster.enrollment.v1.DeviceUnenrolled",
  "muster.enrollment.v1.EnrollmentRefused",
  "muster.gateway.v1.ActionTaken",
  "muster.inventory.v1.DeviceFactsChanged",
  "muster.inventory.v1.LabelMembershipChanged",
  "muster.inventory.v1.LiveQueryEnded",
  "muster.inventory.v1.QueryAnswered",
  "muster.notification.v1.SinkFailing",
  "muster.policy.v1.ComplianceChanged",
  "muster.policy.v1.PolicyChanged",
  "muster.policy.v1.RemediationRequested",
];

const official = officialOcsf();

describe("all that happens, read as OCSF", { skip: "missing" in official ? official.missing : false }, () => {
  const identity = identityOf("ocsf-host");
  let journey: JourneyPlatform;
  let machines: OsqueryMachines;
  let orbit: SimulatedOrbit;
  let receiver: WebhookReceiver;
  let stream: EventSource;

  before(async () => {
    journey = await startJourneyPlatform({ environment: { MUSTER_ENROLL_COOLDOWN_SECONDS: "0" } });
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    stream = openEventSource({
      url: `${journey.platform.urls.gateway}/api/v1/events?format=ocsf`,
      headers: { authorization: `Bearer ${journey.platform.administrator.token}` },
      lastEventId: "0",
      retryMs: 50,
    });
    receiver = await startWebhookReceiver();
    machines = osqueryMachines(journey);
    orbit = await startOrbit({
      server: journey.platform.urls.device,
      ca: journey.ca,
      dispatcher: machines.dispatcher,
      enrollSecret: journey.enrollSecret,
      facts: factsOf(identity),
      sql: machines.sql,
      random: new SeededRandom("ocsf"),
      configMs: 500,
      backOff: { firstMs: 100, mostMs: 1_000 },
      script: (contents) => ({ output: contents, exitCode: contents.includes("false") ? 1 : 0 }),
    });
    machines.start({ identity, enrollSecret: journey.enrollSecret, timing: { distributedMs: 300 } });
  });

  after(async () => {
    await stream?.close();
    await orbit?.stop();
    await machines?.stop();
    await receiver?.close();
    await journey?.stop();
  });

  const told = (): OcsfEvent[] =>
    stream.events
      .all()
      .filter(({ type }) => type.startsWith("muster."))
      .map(({ data }) => JSON.parse(data) as OcsfEvent);

  const comes = (type: string): Promise<OcsfEvent> =>
    stream.events.until(() => told().find(({ metadata }) => metadata.event_code === type), type, 30_000);

  it("is as OCSF's own schema wants it, and names the machine that it is about", async (test) => {
    const { api, platform } = journey;
    receiver.answer({ status: 410 });
    await api.post("/api/v1/webhooks", { name: "gone", url: receiver.url, enabled: true });
    await comes("muster.inventory.v1.DeviceFactsChanged");
    const [device] = (await api.get<{ devices: { id: string; hostname: string }[] }>("/api/v1/devices")).devices;
    assert.ok(device);
    await machines.door.post("/enroll", { enroll_secret: "wrong", host_identifier: "stranger" }).catch(() => undefined);
    const script = await api.post<{ id: string }>("/api/v1/scripts", { name: "mend", content: "true" });
    await api.post("/api/v1/policies", {
      name: "Never so",
      query: "select 1 where 1 = 0",
      severity: "SEVERITY_CRITICAL",
      intervalSeconds: 60,
      enabled: true,
      remediationScriptId: script.id,
    });
    await comes("muster.policy.v1.RemediationRequested");
    const label = await api.post<{ id: string }>("/api/v1/labels", { name: "Finance", kind: "manual" });
    await api.post(`/api/v1/labels/${label.id}/devices`, { deviceIds: [device.id] });
    const query = await api.post<{ id: string }>("/api/v1/live-queries", { sql: "select 1" });
    await api.post(`/api/v1/live-queries/${query.id}/stop`).catch(() => undefined);
    const run = (content: string) =>
      api.post<{ commands: { id: string }[] }>("/api/v1/commands", {
        deviceIds: [device.id],
        type: "run_script",
        runScript: { content },
      });
    await run("true");
    await run("false");
    await comes("muster.command.v1.CommandAcknowledged");
    await comes("muster.command.v1.CommandFailed");
    await orbit.stop();
    const { commands } = await run("true");
    await api.post(`/api/v1/commands/${commands[0]?.id}/cancel`);
    await fetch(`${platform.urls.gateway}/api/v1/policies`, { headers: { authorization: "Bearer muster_wrong" } });
    await api.post(`/api/v1/enrollments/${device.id}/unenroll`, { reason: "sold" });
    for (const type of DAY) await comes(type);

    const { schema } = official as Extract<typeof official, { schema: unknown }>;
    const events = told();
    assert.deepEqual(
      events.flatMap((event) => schema.problemsOf(event).map((problem) => `${event.metadata.event_code}: ${problem}`)),
      [],
    );
    const types = new Set(events.map(({ metadata }) => metadata.event_code));
    test.diagnostic(`${events.length} events of ${types.size} types`);
    const unenrolled = events.find(({ metadata }) => metadata.event_code === "muster.enrollment.v1.DeviceUnenrolled");
    assert.deepEqual([unenrolled?.device?.uid, unenrolled?.device?.hostname], [device.id, device.hostname]);
  });
});
