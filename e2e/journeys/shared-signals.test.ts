import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { Arrivals } from "../simulators/arrivals.ts";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import {
  COMPLIANCE_CHANGE,
  IdentityProvider,
  SESSION_REVOKED,
  VERIFICATION,
} from "../simulators/signals/identity-provider.ts";
import { openPushEndpoint } from "../simulators/signals/push-endpoint.ts";
import { believe, type SecurityEvent } from "../simulators/signals/security-event.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Device {
  readonly id: string;
  readonly hardwareSerial: string;
}

const MUSTER = join(import.meta.dirname, "../../services/cli/src/main.ts");
const PERSON = "ada@acme.example";

describe("a device that does not comply", () => {
  let journey: JourneyPlatform;
  let fleet: Fleet;
  let pushed: IdentityProvider;
  let polling: IdentityProvider;
  let device: Device;
  let hostName: string;

  const register = async (name: string, delivery: "push" | "poll"): Promise<IdentityProvider> => {
    const created = await journey.api.post<{ id: string; clientSecret: string; issuer: string }>(
      "/api/v1/signal-receivers",
      { name },
    );
    const { id: clientId, clientSecret, issuer } = created;
    return IdentityProvider.register({ issuer, clientId, clientSecret, ca: journey.ca }, delivery);
  };

  const gatekeeper = async (isOn: boolean): Promise<void> => {
    fleet.set(hostName, { table: "gatekeeper", patch: { assessments_enabled: isOn ? 1 : 0 } });
    await journey.api.post(`/api/v1/devices/${device.id}/refetch`);
  };

  const told = (provider: IdentityProvider, type: string, times: number) =>
    provider.signals.until((all) => {
      const own = all.filter((signal) => signal.type === type && signal.subject.device?.sub === device.id);
      return own.length >= times ? own : undefined;
    }, `signal ${times} of ${type}`);

  /** The muster command as a person runs it, and what it printed. */
  const muster = (...args: string[]) =>
    new Promise<string>((resolve, reject) => {
      const { urls, administrator } = journey.platform;
      const env = { ...process.env, MUSTER_SERVER: urls.gateway, MUSTER_TOKEN: administrator.token };
      execFile(process.execPath, [MUSTER, ...args], { env }, (error, out, err) => {
        if (error === null) resolve(out);
        else reject(new Error(`muster ${args.join(" ")}: ${err}`));
      });
    });

  before(async () => {
    journey = await startJourneyPlatform();
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    fleet = await startFleet({
      server: journey.platform.urls.device,
      ca: journey.ca,
      enrollSecret: journey.enrollSecret,
      hosts: 6,
      seed: "journey",
      timing: { distributedMs: 500, configMs: 5_000 },
    });
    const { devices } = await journey.api.until<{ devices: Device[] }, { devices: Device[] }>(
      "/api/v1/devices?platform=PLATFORM_MACOS",
      (answer) => (answer.devices.length > 0 ? answer : undefined),
    );
    device = devices[0] as Device;
    const host = fleet.hosts.find(({ facts }) => facts.identity.serial === device.hardwareSerial);
    assert.ok(host);
    hostName = host.facts.identity.name;
    // The receivers' part of the platform hears of a device a moment after the registry does.
    await eventually("the person to be assigned", () =>
      journey.api.put(`/api/v1/devices/${device.id}/person`, { email: PERSON }).catch((error: unknown) => {
        if (!String(error).includes("signal.device_unknown")) throw error;
        return undefined;
      }),
    );
    await journey.api.post("/api/v1/policies", {
      name: "Gatekeeper is on",
      query: "SELECT 1 FROM gatekeeper WHERE assessments_enabled = 1",
      selection: { platforms: ["PLATFORM_MACOS"] },
      severity: "SEVERITY_HIGH",
      resolution: "Turn Gatekeeper on in the settings.",
      intervalSeconds: 60,
      enabled: true,
    });
    await journey.api.until<{ verdicts: { verdict: string }[] }, true>(
      `/api/v1/devices/${device.id}/verdicts`,
      ({ verdicts }) => (verdicts.some(({ verdict }) => verdict === "VERDICT_PASS") ? true : undefined),
    );
  });

  after(async () => {
    await pushed?.close();
    await polling?.close();
    await fleet?.stop();
    await journey?.stop();
  });

  it("is first unknown to identity providers, which discover, register and verify by themselves", async () => {
    pushed = await register("pushed", "push");
    await pushed.verify("by push");
    const first = await pushed.signals.first(({ type }) => type === VERIFICATION, "a verification by push");
    assert.deepEqual([first.event, first.subject], [{ state: "by push" }, { format: "opaque", id: pushed.streamId }]);

    polling = await register("polling", "poll");
    await polling.verify("by poll");
    assert.equal(await polling.poll(), 1);
    assert.equal(polling.signals.all()[0]?.event["state"], "by poll");
  });

  it("is refused by both as soon as its policy breaks, and its person's sessions end", async (test) => {
    const startedAt = performance.now();
    await gatekeeper(false);
    const [change] = await told(pushed, COMPLIANCE_CHANGE, 1);
    test.diagnostic(
      `from the change on the host to the identity provider: ${(performance.now() - startedAt).toFixed(0)} ms`,
    );
    assert.equal(change?.event["previous_status"], "compliant");
    assert.equal(change?.event["current_status"], "not-compliant");
    assert.equal(change?.event["initiating_entity"], "policy");
    assert.deepEqual(change?.event["reason_admin"], { en: 'Policy "Gatekeeper is on" fails.' });
    assert.equal(change?.subject.user?.email, PERSON);
    const [revoked] = await told(pushed, SESSION_REVOKED, 1);
    assert.equal(revoked?.txn, change?.txn);
    assert.equal(pushed.lets(device.id), false);

    while (polling.lets(device.id)) await polling.poll();
    const [fetched] = await told(polling, COMPLIANCE_CHANGE, 1);
    assert.deepEqual(fetched?.event, change?.event);
  });

  it("is told of by a paused receiver's backlog, in order, once that goes on", async () => {
    await polling.setStatus("paused");
    await gatekeeper(true);
    await told(pushed, COMPLIANCE_CHANGE, 2);
    assert.equal(pushed.lets(device.id), true);
    await gatekeeper(false);
    await told(pushed, COMPLIANCE_CHANGE, 3);
    assert.equal(await polling.poll(true), 0);
    await polling.setStatus("enabled");
    while ((await polling.poll(true)) > 0);
    const statuses = (await told(polling, COMPLIANCE_CHANGE, 3)).map(({ event }) => event["current_status"]);
    assert.deepEqual(statuses, ["not-compliant", "compliant", "not-compliant"]);
    assert.equal(polling.lets(device.id), false);
  });

  it("is let in again by both when it is mended", async () => {
    await gatekeeper(true);
    await told(pushed, COMPLIANCE_CHANGE, 4);
    while (!polling.lets(device.id)) await polling.poll();
    assert.deepEqual([pushed.lets(device.id), polling.lets(device.id)], [true, true]);
    const { receivers } = await journey.api.get<{ receivers: { name: string; stream: { refusedCount?: number } }[] }>(
      "/api/v1/signal-receivers",
    );
    for (const { name, stream } of receivers) assert.equal(stream.refusedCount ?? 0, 0, name);
  });

  it("is told to Okta too, in its own dialect, over a stream that an administrator made", async () => {
    const endpoint = await openPushEndpoint("SSWS letmein");
    try {
      const audience = new URL(endpoint.url).origin;
      const args = [
        "signal",
        "create",
        "--okta",
        "--name",
        "Okta",
        "--audience",
        audience,
        "--header",
        "SSWS letmein",
        "-o",
        "json",
      ];
      const made = await muster(...args);
      const {
        id,
        issuer,
        clientSecret = "",
      } = JSON.parse(made) as { id: string; issuer: string; clientSecret?: string };
      assert.equal(clientSecret, "");
      assert.doesNotMatch(made, /letmein/);
      const arrived = new Arrivals<SecurityEvent>();
      endpoint.receive(async (set) =>
        arrived.add(await believe(set, { issuer, audience, jwks: pushed.jwks, dialect: "okta" })),
      );

      await muster("signal", "verify", id);
      await arrived.first(({ type }) => type === VERIFICATION, "a verification");
      await muster("signal", "pause", id, "--reason", "an incident");
      await arrived.first(({ event }) => event["status"] === "paused", "the news of the pause");
      await gatekeeper(false);
      await told(pushed, COMPLIANCE_CHANGE, 5);
      assert.match(await muster("get", "signal-receivers"), /Okta +push +paused +1 /);
      await muster("signal", "resume", id);
      const change = await arrived.first(({ type }) => type === COMPLIANCE_CHANGE, "the change that was held");
      assert.deepEqual([change.event["current_status"], change.subject.user?.email], ["not-compliant", PERSON]);

      await muster("signal", "revoke", id);
      assert.equal((await muster("signal", "person", device.id)).trim(), "nobody is known to work with it");
    } finally {
      await endpoint.close();
    }
  });
});
