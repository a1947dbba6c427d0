import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { pushCertificate } from "../simulators/apns/apns-certificates.ts";
import { SimulatedApns } from "../simulators/apns/simulated-apns.ts";
import { PushRegistry } from "../simulators/apple/fleet/push-registry.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { openAppleDoor } from "../simulators/apple/wire/apple-door.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

const TOPIC = "com.apple.mgmt.External.journey";
const DEADLINE_MS = 60_000;

interface Certificate {
  readonly id: string;
  readonly state: string;
  readonly topic: string;
  readonly signingRequest: string;
}

interface Enrollment {
  readonly deviceId: string;
  readonly hardwareSerial: string;
  readonly apple: { readonly topic: string };
}

interface Command {
  readonly id: string;
  readonly state: string;
}

describe("Pushes to Apple devices", () => {
  const pushes = new PushRegistry();
  let apns: SimulatedApns;
  let folder: string;
  let journey: JourneyPlatform;

  before(async () => {
    apns = await SimulatedApns.open({ wake: (token, magic) => pushes.push(token, magic) });
    folder = await mkdtemp(join(tmpdir(), "muster-apns-"));
    const ca = join(folder, "apns.pem");
    await writeFile(ca, apns.ca);
    journey = await startJourneyPlatform({ environment: { MUSTER_APNS_URL: apns.url, MUSTER_APNS_CA: ca } });
  });
  after(async () => {
    await journey?.stop();
    await apns?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("wake an iPhone that is asked for something, under a certificate that an administrator uploaded", async (t) => {
    const { api } = journey;
    const asked = await api.post<Certificate>("/api/v1/push-certificates/requests", {
      appleAccount: "mdm@example.com",
    });
    const { certificate } = await pushCertificate(TOPIC, { signingRequest: asked.signingRequest });
    const uploaded = await api.post<Certificate>("/api/v1/push-certificates", { certificate });
    assert.deepEqual(
      [uploaded.id, uploaded.state, uploaded.topic],
      [asked.id, "PUSH_CERTIFICATE_STATE_CURRENT", TOPIC],
    );

    const { token } = await api.post<{ token: string }>("/api/v1/enrollment-tokens", {
      name: "iPhones",
      maxUses: 5_000,
    });
    const enrollUrl = `${journey.platform.urls.device}/apple/enroll/${token}`;
    const door = openAppleDoor({ ca: journey.ca });
    t.after(() => door.close());
    await eventually(
      "profiles to name the topic",
      async () => ((await door.send({ method: "GET", url: enrollUrl })).body.includes(TOPIC) ? true : undefined),
      DEADLINE_MS,
    );

    const phone = testDevice(t, "iPhone", { ca: journey.ca, seed: "journey-push", pushService: pushes });
    await phone.enrollFrom(enrollUrl);
    const { enrollments } = await api.get<{ enrollments: Enrollment[] }>("/api/v1/enrollments?pageSize=100");
    const { apple, deviceId = "" } =
      enrollments.find(({ hardwareSerial }) => hardwareSerial === phone.hardware.serial) ?? {};
    assert.equal(apple?.topic, TOPIC);
    // The first push comes because there is somebody to wake, and brings what the device is like.
    await eventually(
      "the first questions",
      async () => (phone.ledger.of("command").length > 0 ? true : undefined),
      DEADLINE_MS,
    );

    const { commands } = await api.post<{ commands: Command[] }>("/api/v1/commands", {
      deviceIds: [deviceId],
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType: "DeviceInformation", parameters: { Queries: ["OSVersion"] } },
    });
    const { id = "" } = commands[0] ?? {};
    await api.until<Command, true>(
      `/api/v1/commands/${id}`,
      ({ state }) => (state === "COMMAND_STATE_ACKNOWLEDGED" ? true : undefined),
      DEADLINE_MS,
    );
    assert.ok(apns.delivered.length > 0 && apns.delivered.every(({ topic }) => topic === TOPIC));
    assert.ok(phone.ledger.of("pushed").every(({ believed }) => believed));
  });
});
