import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { SecretKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { AutomatedEnrollmentProfile } from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment";
import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { SimulatedAbm } from "@muster/e2e/simulators/abm/abm-server";
import type { Caller } from "@muster/rpc/caller";
import { eventually } from "@muster/testkit/eventually";
import { deviceAt } from "./testing/apple-devices.ts";
import { acme, ORIGIN, type RunningService, startRunningService } from "./testing/running-service.ts";

const DEADLINE = "2030-01-02T03:04:05Z";
const WAIT_MS = 60_000;
const [ADA, GRACE] = [
  { ...acme, person: "ada" },
  { ...acme, person: "grace" },
];

describe("Apple Business Manager", () => {
  let abm: SimulatedAbm;
  let service: RunningService;
  let id: string;

  before(async () => {
    abm = await new SimulatedAbm().start();
    service = await startRunningService({ MUSTER_ABM_URL: abm.url, MUSTER_APPROVAL_ABOVE: "2" });
    const wanted = { name: "Business Manager", rules: [], defaultProfileId: "" };
    const { server } = await service.automated.createAutomatedEnrollmentServer(wanted, acme);
    id = server?.id ?? "";
    await assert.rejects(service.businessManager.listBetaTokens({ id }, acme), { code: "automated.no_token" });
    abm.devices.add(...["1", "2", "3", "4", "5", "6"].map((digit) => ({ serialNumber: `C02BBBB0000${digit}` })));
    abm.devices.modify("C02BBBB00001", { mdm_migration_deadline: DEADLINE });
    const token = abm.downloadToken(server?.certificate ?? "");
    await service.automated.uploadAutomatedEnrollmentToken({ id, token }, acme);
    await listed("C02BBBB00006");
  });
  after(async () => {
    await service?.stop();
    await abm?.stop();
  });

  const devices = async () => {
    const request = { serverId: id, notEnrolledOnly: false, pageSize: 500, pageToken: "" };
    return (await service.automated.listAutomatedEnrollmentDevices(request, acme)).devices;
  };
  const listed = (serial: string) =>
    eventually(
      "the device to be listed",
      async () => (await devices()).find((each) => each.serialNumber === serial),
      WAIT_MS,
    );
  const disown = (serialNumbers: readonly string[], caller: Caller, reason = "sold") =>
    service.businessManager.disownDevices({ id, serialNumbers: [...serialNumbers], reason }, caller);
  const lock = (serialNumber: string, lostMessage = "") =>
    service.businessManager.lockActivation({ id, serialNumber, lostMessage }, acme);
  /** A Mac that the organisation bought, enrolled by a profile. */
  const bought = async (t: TestContext) => {
    const mac = deviceAt(t, service, "Mac", { seed: "business-manager" });
    const wanted = { name: "Macs", maxUses: 1, ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };
    const { enrollmentToken } = await service.client.createEnrollmentToken(wanted, acme);
    await mac.enrollFrom(`${ORIGIN}/apple/enroll/${enrollmentToken?.token}`);
    abm.devices.add({ serialNumber: mac.hardware.serial });
    await service.automated.syncAutomatedEnrollmentServer({ id }, acme);
    return { serial: mac.hardware.serial, deviceId: (await listed(mac.hardware.serial)).deviceId };
  };

  it("tells until when a device has to have moved here", async () => {
    const deadlines = new Map((await devices()).map((each) => [each.serialNumber, each.migrationDeadline]));
    assert.deepEqual(deadlines.get("C02BBBB00001"), new Date(DEADLINE));
    assert.equal(deadlines.get("C02BBBB00002"), undefined);
  });

  it("locks a lost device, whose code is in escrow where the device is known", async (t) => {
    assert.deepEqual(await lock("C02BBBB00002", "Call us"), { result: "SUCCESS", deviceId: "" });
    assert.deepEqual(abm.locks.of("C02BBBB00002"), { escrowKey: undefined, lostMessage: "Call us" });
    assert.equal((await lock("C02BBBB00002")).result, "DEVICE_ALREADY_LOCKED");
    await assert.rejects(lock("elsewhere"), { code: "automated.not_assigned" });

    const { deviceId, serial } = await bought(t);
    assert.deepEqual(await lock(serial), { result: "SUCCESS", deviceId });
    assert.match(abm.locks.of(serial)?.escrowKey ?? "", /^[0-9a-f]{64}$/);
    const kind = SecretKind.SECRET_KIND_ACTIVATION_LOCK_BYPASS_CODE;
    const { secret } = await service.appleDevices.revealSecret(
      { deviceId, kind, purpose: "a test", provenOnly: true },
      acme,
    );
    assert.match(secret?.value ?? "", /^[0-9A-Z]{5}-[0-9A-Z]{5}(-[0-9A-Z]{4}){4}$/);
  });

  it("lists beta programs, or says that the organisation takes part in none", async () => {
    const tokens = [{ title: "iOS 26 Beta", os: "iOS", token: "a token" }];
    abm.betaTokens = tokens;
    assert.deepEqual((await service.businessManager.listBetaTokens({ id }, acme)).tokens, tokens);
    abm.betaTokens = undefined;
    await assert.rejects(service.businessManager.listBetaTokens({ id }, acme), {
      code: "automated.apple_refused",
      message: /AppleSeed/,
    });
    const stranger = { tenant: "other", actor: "eve@other.example" };
    await assert.rejects(service.businessManager.listBetaTokens({ id }, stranger), {
      code: "automated.server_not_found",
    });
  });

  it("tells Apple where devices come to by an account", async () => {
    const { discoveryUrl } = await service.businessManager.announceAccountSignIns({ id }, acme);
    assert.equal(discoveryUrl, `${ORIGIN}/.well-known/com.apple.remotemanagement`);
    assert.equal(abm.discoveryUrl, discoveryUrl);
  });

  it("gives up devices that are the server's, and no others", async () => {
    const serialNumbers = ["C02BBBB00003", "elsewhere"];
    const disowned = await disown(serialNumbers, ADA);
    assert.deepEqual(
      disowned.devices.map(({ result }) => result),
      ["SUCCESS", "NOT_ACCESSIBLE"],
    );
    assert.equal(abm.devices.find("C02BBBB00003"), undefined);
    assert.ok(!(await devices()).some(({ serialNumber }) => serialNumber === "C02BBBB00003"));
    assert.deepEqual(abm.calls.all().find(({ path }) => path === "/devices/disown")?.body, {
      devices: ["C02BBBB00003"],
    });
    await assert.rejects(disown([], ADA), { code: "automated.bad_devices" });
    await assert.rejects(disown(serialNumbers, ADA, " "), { code: "automated.bad_reason" });
  });

  it("gives up many only when two people ask for the same ones", async () => {
    const [four, five, six] = ["C02BBBB00004", "C02BBBB00005", "C02BBBB00006"];
    const isThere = (serial: string) => abm.devices.find(serial) !== undefined;
    const first = await disown([four, five], ADA);
    assert.ok(first.secondPersonUntil !== undefined && first.devices.every(({ result }) => result === ""));
    assert.ok(
      (await disown([five, four], ADA)).secondPersonUntil !== undefined,
      "nobody is a second person to himself",
    );
    assert.ok((await disown([four, five, six], GRACE)).secondPersonUntil !== undefined, "others were asked for");
    assert.ok([four, five, six].every(isThere));
    const second = await disown([five, four], GRACE);
    assert.deepEqual(
      [second.secondPersonUntil, second.devices.map(({ result }) => result)],
      [undefined, ["SUCCESS", "SUCCESS"]],
    );
    assert.deepEqual([four, five, six].map(isThere), [false, false, true]);
  });

  it("takes no profile with settings that Apple's devices could not follow", async () => {
    const minimums = [{ platform: Platform.PLATFORM_IPADOS, osVersion: "newest", buildVersion: "", beta: undefined }];
    for (const more of [
      { supervised: false },
      { removable: true, supervised: false, awaitConfiguration: true },
      { anchorCertificates: ["no certificate"] },
      { minimums },
      { sharedIpad: true },
      { supervised: false, removable: true, returnToService: true },
      { returnNetwork: Buffer.from("a network that nobody comes back over") },
    ]) {
      const profile = AutomatedEnrollmentProfile.fromPartial({
        name: "Impossible",
        supervised: true,
        mandatory: true,
        ...more,
      });
      const making = service.automated.createAutomatedEnrollmentProfile({ profile }, acme);
      await assert.rejects(making, { code: "automated.bad_profile" });
    }
  });
});
