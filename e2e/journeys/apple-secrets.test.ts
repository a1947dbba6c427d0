import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleKind } from "../simulators/apple/hardware/apple-models.ts";
import type { Plist } from "../simulators/apple/plist/plist-value.ts";
import { writePlist } from "../simulators/apple/plist/write-plist.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { everythingKept, formsOf } from "./testing/everything-kept.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { restClient } from "./testing/rest-client.ts";

interface Secret {
  readonly id: string;
  readonly kind: string;
  readonly provenAt?: string;
  readonly endedAt?: string;
  readonly value?: string;
}

interface Command {
  readonly id: string;
  readonly state: string;
  readonly result?: { readonly reason: string; readonly appleResponse?: Readonly<Record<string, unknown>> };
}

interface Asked {
  readonly commands: readonly Command[];
  readonly refusals: readonly { readonly code: string }[];
}

const dataDir = join(tmpdir(), `muster-journey-${randomBytes(5).toString("hex")}`);
const PATIENCE_MS = 60_000;

describe("secrets of Apple devices", () => {
  let journey: JourneyPlatform;
  const enrollUrls: Record<string, string> = {};
  /** Every secret that this test learned. */
  const learned: (string | Buffer)[] = [];
  before(async () => {
    journey = await startJourneyPlatform({ dataDir });
    for (const ownership of ["CORPORATE", "PERSONAL"]) {
      const { token } = await journey.api.post<{ token: string }>("/api/v1/enrollment-tokens", {
        name: ownership,
        maxUses: 20,
        ownership: `OWNERSHIP_${ownership}`,
      });
      enrollUrls[ownership] = `${journey.platform.urls.device}/apple/enroll/${token}`;
    }
  });
  after(() => journey?.stop());

  const device = (t: TestContext, kind: AppleKind, seed: string) => testDevice(t, kind, { ca: journey.ca, seed });
  /** Enrolls it, lets it answer what it is like as soon as it is asked, and says who it is. */
  const enroll = async (of: SimulatedAppleDevice, ownership = "CORPORATE"): Promise<string> => {
    await of.enrollFrom(enrollUrls[ownership] ?? "");
    await eventually(
      "the device to be asked what it is like",
      async () => {
        await of.poll();
        return of.ledger.of("command").some(({ requestType }) => requestType === "DeviceInformation") || undefined;
      },
      PATIENCE_MS,
    );
    return newest();
  };
  const newest = async (): Promise<string> => {
    const { enrollments } = await journey.api.get<{ enrollments: { deviceId: string }[] }>(
      "/api/v1/enrollments?pageSize=1",
    );
    return enrollments[0]?.deviceId ?? assert.fail("nothing is enrolled");
  };
  const enqueue = (deviceId: string, rest: object) =>
    journey.api.post<Asked>("/api/v1/commands", { deviceIds: [deviceId], ...rest });
  const ask = async (deviceId: string, rest: object): Promise<string> => {
    const { commands, refusals } = await enqueue(deviceId, rest);
    return commands[0]?.id ?? assert.fail(JSON.stringify(refusals));
  };
  const apple = (requestType: string, parameters: object = {}) => ({
    type: "COMMAND_TYPE_APPLE",
    apple: { requestType, parameters },
  });
  const command = (id: string) => journey.api.get<Command>(`/api/v1/commands/${id}`);
  const secretsOf = async (deviceId: string, kind: string): Promise<Secret[]> => {
    const { secrets } = await journey.api.get<{ secrets: Secret[] }>(`/api/v1/devices/${deviceId}/secrets`);
    return secrets.filter((secret) => secret.kind === `SECRET_KIND_${kind}`);
  };
  /** The newest secret of a kind, once it is proven; of as many as are known by then. */
  const proven = (deviceId: string, kind: string, count = 1) =>
    journey.api.until<{ secrets: Secret[] }, Secret>(
      `/api/v1/devices/${deviceId}/secrets`,
      ({ secrets }) => {
        const of = secrets.filter((secret) => secret.kind === `SECRET_KIND_${kind}`);
        return of.length === count && of[0]?.provenAt !== undefined ? of[0] : undefined;
      },
      PATIENCE_MS,
    );
  const reveal = async (deviceId: string, { id }: Secret, reason = "the owner forgot it"): Promise<string> => {
    const { value = "" } = await journey.api.post<Secret>(`/api/v1/devices/${deviceId}/secrets/${id}/reveal`, {
      reason,
    });
    learned.push(value);
    return value;
  };

  it("of a Mac's disk are escrowed, rotated, and read by an administrator who says why", async (t) => {
    const mac = device(t, "Mac", "escrow-mac");
    mac.state.fileVaultKey = "AAAA-1111-BBBB-2222-CCCC-3333";
    learned.push(mac.state.fileVaultKey);
    const deviceId = await enroll(mac);
    const { certificate } = await journey.api.get<{ certificate: string }>("/api/v1/escrow-certificate");
    const profile = writePlist(escrowProfile(Buffer.from(certificate, "base64")));
    const Payload = Buffer.from(profile).toString("base64");
    await ask(deviceId, apple("InstallProfile", { Payload }));
    await ask(deviceId, apple("SecurityInfo"));
    await mac.poll();
    const first = await proven(deviceId, "DISK_RECOVERY_KEY");
    assert.equal(await reveal(deviceId, first), mac.state.fileVaultKey);

    await ask(deviceId, apple("RotateFileVaultKey", { KeyType: "personal" }));
    await mac.poll();
    assert.notEqual(mac.state.fileVaultKey, "AAAA-1111-BBBB-2222-CCCC-3333");
    const second = await proven(deviceId, "DISK_RECOVERY_KEY", 2);
    assert.equal(await reveal(deviceId, second, "the disk has to be opened"), mac.state.fileVaultKey);
    assert.notEqual((await secretsOf(deviceId, "DISK_RECOVERY_KEY"))[1]?.endedAt, undefined);

    const path = `/api/v1/devices/${deviceId}/secrets/${second.id}/reveal`;
    await assert.rejects(journey.api.post(path, { reason: " " }), /400.*reason_required/);
    const { token } = await journey.api.post<{ token: string }>("/api/v1/api-tokens", { name: "op", role: "operator" });
    const operator = restClient(journey.platform.urls.gateway, token);
    await assert.rejects(operator.post(path, { reason: "curious" }), /403/);
    const read = "/api/v1/activities?types=muster.enrollment.v1.SecretRead&pageSize=100";
    const told = await journey.api.until<{ activities: { actor: string; data: { purpose: string } }[] }, unknown>(
      read,
      ({ activities }) => activities.find(({ data }) => data.purpose === "the disk has to be opened"),
      PATIENCE_MS,
    );
    assert.equal((told as { actor: string }).actor, "token:first");
  });

  it("of recoveryOS are made up, set, verified and cleared", async (t) => {
    const mac = device(t, "Mac", "recovery-mac");
    const deviceId = await enroll(mac);
    await ask(deviceId, apple("SetRecoveryLock"));
    await mac.poll();
    assert.equal(await reveal(deviceId, await proven(deviceId, "RECOVERY_LOCK_PASSWORD")), mac.state.recoveryLock);
    const verify = await ask(deviceId, apple("VerifyRecoveryLock"));
    await mac.poll();
    assert.deepEqual((await command(verify)).result?.appleResponse, { PasswordVerified: true });
    await ask(deviceId, apple("SetRecoveryLock", { NewPassword: "" }));
    await mac.poll();
    assert.equal(mac.state.recoveryLock, undefined);
    await eventually(
      "the password to be over",
      async () => (await secretsOf(deviceId, "RECOVERY_LOCK_PASSWORD"))[0]?.endedAt,
      PATIENCE_MS,
    );
  });

  it("that lock a Mac are in escrow, and open it", async (t) => {
    const mac = device(t, "Mac", "locked-mac");
    const deviceId = await enroll(mac);
    await ask(deviceId, { type: "COMMAND_TYPE_LOCK", lock: { message: "Please bring it back" } });
    await mac.poll();
    assert.equal(await reveal(deviceId, await proven(deviceId, "LOCK_PIN")), mac.state.lockPin);
  });

  it("clear the passcode of an iPhone; where there is none, the command says so", async (t) => {
    const [phone, other] = [device(t, "iPhone", "forgotten"), device(t, "iPhone", "no-token")];
    const deviceId = await enroll(phone);
    learned.push(phone.state.unlockToken ?? assert.fail("the phone has no passcode"));
    await ask(deviceId, { type: "COMMAND_TYPE_CLEAR_PASSCODE" });
    await phone.poll();
    assert.equal(phone.state.passcode, undefined);
    other.state.unlockToken = undefined;
    const hopeless = await ask(await enroll(other), { type: "COMMAND_TYPE_CLEAR_PASSCODE" });
    await other.poll();
    const { result, state } = await command(hopeless);
    assert.equal(state, "COMMAND_STATE_FAILED");
    assert.match(result?.reason ?? "", /secret_not_escrowed/);
  });

  it("are not needed to find a lost iPhone that says it is supervised; a person's own is not looked for", async (t) => {
    const phone = device(t, "iPhone", "lost");
    phone.state.supervised = true;
    const deviceId = await enroll(phone);
    const lost = { type: "COMMAND_TYPE_ENABLE_LOST_MODE", lostMode: { message: "Call us", phoneNumber: "+491" } };
    await ask(deviceId, lost);
    await phone.poll();
    assert.equal(phone.state.lostMode?.message, "Call us");
    const locate = await ask(deviceId, { type: "COMMAND_TYPE_LOCATE" });
    await phone.poll();
    assert.equal((await command(locate)).result?.appleResponse?.["Latitude"], phone.state.location.latitude);
    await ask(deviceId, { type: "COMMAND_TYPE_DISABLE_LOST_MODE" });
    await phone.poll();
    assert.equal(phone.state.lostMode, undefined);
    await journey.api.until<{ apple: { supervised?: boolean } }, true>(
      `/api/v1/enrollments/${deviceId}`,
      ({ apple: { supervised } }) => (supervised === true ? true : undefined),
      PATIENCE_MS,
    );
    const own = device(t, "iPhone", "own");
    own.state.supervised = true;
    const { refusals } = await enqueue(await enroll(own, "PERSONAL"), lost);
    assert.deepEqual(
      refusals.map(({ code }) => code),
      ["command.ownership_forbids"],
    );
  });

  it("do not keep an erased device from coming back, by itself or by hand", async (t) => {
    const [phone, mac] = [device(t, "iPhone", "returning"), device(t, "Mac", "erased")];
    const phoneId = await enroll(phone);
    await ask(phoneId, { type: "COMMAND_TYPE_WIPE", wipe: { returnToService: true } });
    await phone.poll();
    assert.equal(phone.ledger.count("enrolled"), 2);
    const macId = await enroll(mac);
    await ask(macId, { type: "COMMAND_TYPE_WIPE" });
    await mac.poll();
    assert.equal(mac.enrollment, undefined);
    assert.match(await reveal(macId, await proven(macId, "LOCK_PIN")), /^\d{6}$/);
    await mac.enrollFrom(enrollUrls["CORPORATE"] ?? "");
    for (const id of [phoneId, macId]) {
      const { generations } = await journey.api.get<{ generations: Record<string, number> }>(
        `/api/v1/enrollments/${id}`,
      );
      assert.equal(generations["apple"], 2);
    }
  });

  it("are in no row and in no log in clear", async () => {
    const kept = await everythingKept(journey.platform.urls.database, dataDir);
    assert.ok(kept.includes("SecretRead"));
    // Six digits turn up by chance in a place or two.
    const telling = learned.filter((secret) => secret.length > 6);
    assert.ok(telling.length >= 5);
    for (const secret of telling)
      for (const form of formsOf(secret)) assert.equal(kept.includes(form), false, "a secret lies about in clear");
  });
});

const escrowProfile = (certificate: Buffer): Plist => {
  const certificateUuid = randomUUID().toUpperCase();
  const payload = (type: string, uuid: string, more: Plist): Plist => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `org.example.escrow.${type}`,
    PayloadUUID: uuid,
    ...more,
  });
  return {
    PayloadType: "Configuration",
    PayloadVersion: 1,
    PayloadIdentifier: "org.example.escrow",
    PayloadUUID: randomUUID().toUpperCase(),
    PayloadDisplayName: "Escrow of recovery keys",
    PayloadContent: [
      payload("com.apple.security.pkcs1", certificateUuid, { PayloadContent: certificate }),
      payload("com.apple.security.FDERecoveryKeyEscrow", randomUUID().toUpperCase(), {
        Location: "Muster",
        EncryptCertPayloadUUID: certificateUuid,
      }),
    ],
  };
};
