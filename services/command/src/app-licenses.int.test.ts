import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { writePlist } from "@muster/apple-protocol/plist/write-plist";
import { AppInstallState, AppLicenseState } from "@muster/contracts/gen/muster/command/v1/app_license";
import { CommandState } from "@muster/contracts/gen/muster/command/v1/command";
import { AppleEnrollment } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { AppsAndBooksSimulator } from "@muster/e2e/simulators/vpp/apps-and-books";
import type { Location } from "@muster/e2e/simulators/vpp/location";
import { BUSY } from "@muster/e2e/simulators/vpp/store-error";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { type AppleTestDevice, enrollApple } from "./testing/apple-device.ts";
import { type CommandProcess, SERVICE_TOKEN, startCommand } from "./testing/command-process.ts";
import { type EnrollmentAnswers, startEnrollmentAnswers } from "./testing/enrollment-answers.ts";
import { appleOrder, caller, order, ordersTo } from "./testing/orders.ts";
import { enrollmentOf, startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

const WAIT = 60_000;

describe("licenses of apps", () => {
  const lifecycle = new Lifecycle(createLogger("test", "silent"));
  const store = new AppsAndBooksSimulator();
  let platform: TestPlatform;
  let enrollment: EnrollmentAnswers;
  let service: CommandProcess;
  before(async () => {
    await store.open();
    platform = await startTestPlatform();
    enrollment = await startEnrollmentAnswers(SERVICE_TOKEN, lifecycle);
    service = await startCommand(platform.database.url, platform.bus.url, {
      MUSTER_APPLE_APPS_URL: store.url,
      MUSTER_ENROLLMENT_GRPC: `127.0.0.1:${enrollment.port}`,
    });
  });
  after(async () => {
    await service?.stop();
    await lifecycle.stop();
    await platform?.stop();
    await store.close();
  });

  /** A phone that was asked what it is like, with the serial number that enrollment knows. */
  const phone = async (serial: string, personal?: { account: string }): Promise<AppleTestDevice> => {
    const owner = personal === undefined ? Ownership.OWNERSHIP_CORPORATE : Ownership.OWNERSHIP_PERSONAL;
    const rest = { platform: Platform.PLATFORM_IOS, ownership: owner };
    const apple = { productName: "iPhone16,1", osVersion: "18.1", managedAccount: personal?.account ?? "" };
    const device = await enrollApple(platform, service.url, { ...rest, apple });
    const { enrollmentId } = device;
    const told = { enrollmentId, managedAccount: personal?.account ?? "" };
    enrollment.enrollments.set(enrollmentId, {
      ...enrollmentOf(device.deviceId, { apple: 1 }),
      hardwareSerial: personal === undefined ? serial : "",
      apple: AppleEnrollment.fromPartial(told),
    });
    await device.drain();
    return device;
  };
  const install = (devices: readonly AppleTestDevice[], adamId: string, options: Record<string, unknown> = {}) =>
    service.commands.enqueueCommands(
      order(
        devices.map(({ deviceId }) => deviceId),
        appleOrder("InstallApplication", { iTunesStoreID: Number(adamId), ...options }),
      ),
      caller,
    );
  const commandOf = (id: string) => ordersTo(service, platform).get(id);
  const handed = (device: AppleTestDevice) =>
    eventually(
      "the command to be handed out",
      async () => {
        const answer = await device.idle();
        return answer.requestType === "InstallApplication" ? answer : undefined;
      },
      WAIT,
    );
  const until = (what: string, found: () => boolean | Promise<boolean>) =>
    eventually(what, async () => ((await found()) ? true : undefined), WAIT);
  const located = async (name: string): Promise<{ location: Location; bearer: string }> => {
    const location = store.location(`${name} ${randomUUID().slice(0, 4)}`);
    return { location, bearer: store.download(location) };
  };
  const upload = (content: string, takeOver = false) => service.licenses.uploadAppToken({ content, takeOver }, caller);
  const synced = async (adamId: string) => {
    await until("the counts to be known", async () => {
      const { assets } = await service.licenses.listAppAssets({ tokenId: "", pageSize: 0, pageToken: "" }, caller);
      return assets.some((asset) => asset.adamId === adamId);
    });
  };

  it("are taken by serial number before an app is handed out, and given back when it is removed", async () => {
    const { bearer, location } = await located("Berlin");
    location.buy("1001", 1);
    const { token } = await upload(bearer);
    assert.equal(token?.location, location.name);
    await synced("1001");
    const [first, second] = [await phone("SERIAL1001A"), await phone("SERIAL1001B")];
    const { commands } = await install([first, second], "1001", { Configuration: { server: "example.com" } });
    const { answer, lucky, other } = await eventually(
      "one of them to get the app",
      async () => {
        for (const device of [first, second]) {
          const said = await device.idle();
          const rest = device === first ? second : first;
          if (said.requestType === "InstallApplication") return { answer: said, lucky: device, other: rest };
        }
        return undefined;
      },
      WAIT,
    );
    assert.deepEqual({ ...Object(answer.command["Options"]) }, { PurchaseMethod: 1 });
    assert.equal(location.holdersOf("1001").length, 1);
    const refused = commands.find(({ deviceId }) => deviceId === other.deviceId)?.id ?? "";
    await until(
      "the other to fail",
      async () => (await commandOf(refused)).state === CommandState.COMMAND_STATE_FAILED,
    );
    assert.equal((await commandOf(refused)).result?.reason, "app_license.none_left");

    const asked = await lucky.report(answer.uuid ?? "", "Acknowledged", {
      Identifier: "com.example.mail",
      State: "Installing",
    });
    assert.equal(asked.requestType, "ManagedApplicationList");
    await lucky.report(asked.uuid ?? "", "Acknowledged", {
      ManagedApplicationList: { "com.example.mail": { Status: "Managed" } },
    });
    const [ended] = await platform.heard("muster.command.v1.AppInstallEnded", lucky.deviceId);
    assert.equal(ended?.install?.state, AppInstallState.APP_INSTALL_STATE_MANAGED);

    const { commands: removals } = await service.commands.enqueueCommands(
      order([lucky.deviceId], appleOrder("RemoveApplication", { Identifier: "com.example.mail" })),
      caller,
    );
    assert.equal((await lucky.idle()).uuid, removals[0]?.id);
    await lucky.report(removals[0]?.id ?? "", "Acknowledged");
    await until("the license to go back", () => location.holdersOf("1001").length === 0);
    await until("nobody to have a license", async () => {
      const request = { adamId: "1001", deviceId: "", pageSize: 0, pageToken: "" };
      return (await service.licenses.listAppLicenses(request, caller)).licenses.length === 0;
    });
  });

  it("go back when a device is unenrolled, and when its command ends before it has the app", async () => {
    const { bearer, location } = await located("Hamburg");
    location.buy("1002", 5);
    await upload(bearer);
    await synced("1002");
    const [leaving, refusing] = [await phone("SERIAL1002A"), await phone("SERIAL1002B")];
    await install([leaving, refusing], "1002");
    const answer = await handed(leaving);
    await leaving.report(answer.uuid ?? "", "Acknowledged", { Identifier: "com.example.map", State: "Installing" });
    const refused = await handed(refusing);
    await refusing.report(refused.uuid ?? "", "Error", { ErrorChain: [{ ErrorCode: 1, ErrorDomain: "MDM" }] });
    await until("the unused license to go back", () => location.holdersOf("1002").join() === "SERIAL1002A");
    const gone = { ...enrollmentOf(leaving.deviceId, { apple: 1 }), version: 9, status: "STATUS_UNENROLLED" as const };
    await platform.publish("muster.enrollment.v1.DeviceUnenrolled", leaving.deviceId, { enrollment: gone, reason: "" });
    await until("the license to go back", () => location.holdersOf("1002").length === 0);
  });

  it("stay with their device when another app is removed by a property list, which names none that is known here", async () => {
    const { bearer, location } = await located("Bremen");
    location.buy("1006", 1);
    await upload(bearer);
    await synced("1006");
    const device = await phone("SERIAL1006");
    await install([device], "1006");
    const installing = await handed(device);
    await device.report(installing.uuid ?? "", "Acknowledged", { State: "Installing" });
    const removal = { RequestType: "RemoveApplication", Identifier: "com.example.other" };
    const rawPlist = writePlist(removal).toString();
    const id = await ordersTo(service, platform).ask(device.deviceId, appleOrder("", {}, { rawPlist }));
    assert.equal((await device.idle()).uuid, id);
    await device.report(id, "Acknowledged");
    const request = { adamId: "1006", deviceId: device.deviceId, pageSize: 0, pageToken: "" };
    const { licenses } = await service.licenses.listAppLicenses(request, caller);
    assert.deepEqual(
      licenses.map(({ state }) => state),
      [AppLicenseState.APP_LICENSE_STATE_HELD],
    );
  });

  it("of a person's own device are the person's, by the managed account and never by a serial number", async () => {
    const { bearer, location } = await located("Köln");
    location.buy("1003", 5);
    await upload(bearer);
    await synced("1003");
    const own = await phone("", { account: "ada@example.com" });
    const nameless = await phone("", { account: "" });
    const { commands } = await install([own, nameless], "1003");
    await handed(own);
    const [person] = [...location.people.values()];
    assert.equal(person?.managedAppleId, "ada@example.com");
    assert.deepEqual(location.holdersOf("1003"), [person?.clientUserId]);
    const failed = commands.find(({ deviceId }) => deviceId === nameless.deviceId)?.id ?? "";
    await until("the other to fail", async () => (await commandOf(failed)).state === CommandState.COMMAND_STATE_FAILED);
    assert.equal((await commandOf(failed)).result?.reason, "app_license.no_account");
    const request = { adamId: "1003", deviceId: own.deviceId, pageSize: 0, pageToken: "" };
    const { licenses } = await service.licenses.listAppLicenses(request, caller);
    assert.deepEqual(
      licenses.map(({ ofPerson, state }) => [ofPerson, state]),
      [[true, AppLicenseState.APP_LICENSE_STATE_HELD]],
    );
  });

  it("are asked for again when Apple is busy, on all pages, and fail clearly when the token is revoked", async () => {
    const { bearer, location } = await located("Leipzig");
    location.buy("1004", 5);
    for (let index = 0; index < 4; index++) location.buy(`20${index}`, 1);
    store.pageSize = 2;
    let busy = 2;
    store.befalls = (_method, path) => (path === "/assets" && busy-- > 0 ? BUSY : undefined);
    await upload(bearer);
    await synced("1004");
    await synced("203");
    const device = await phone("SERIAL1004");
    await install([device], "1004");
    await handed(device);
    store.revoke(bearer);
    const other = await phone("SERIAL1004B");
    const { commands } = await install([other], "1004");
    const id = commands[0]?.id ?? "";
    await until("the command to fail", async () => (await commandOf(id)).state === CommandState.COMMAND_STATE_FAILED);
    assert.match((await commandOf(id)).result?.reason ?? "", /^app_token\.unusable: the token was revoked/);
    const { tokens } = await service.licenses.listAppTokens({}, caller);
    assert.match(
      tokens.find(({ location: { length }, problem }) => length > 0 && problem !== "")?.problem ?? "",
      /revoked/,
    );
  });

  it("come from a location that nobody else manages, with a token that is one; an app without licenses is refused", async () => {
    const { bearer, location } = await located("Bonn");
    location.mdmInfo = { id: "another", name: "Another management", metadata: "" };
    await assert.rejects(upload(bearer), /Another management says that it manages/);
    const { token } = await upload(bearer, true);
    assert.deepEqual(location.mdmInfo["id"], token?.id);
    await assert.rejects(upload("no token"), /is no location's token/);
    await assert.rejects(upload(store.download(location, new Date(Date.now() - 1_000))), /expired/);
    const renewed = await upload(store.download(location, new Date(Date.now() + 5 * 86_400_000)));
    assert.equal(renewed.token?.id, token?.id);
    const expiring = await eventually(
      "the warning",
      async () =>
        (await platform.heard("muster.command.v1.AppTokenExpiring", "")).find((each) => each.token?.id === token?.id),
      WAIT,
    );
    assert.equal(expiring.daysLeft, 7);
    const stored = await platform.database.database.tenant(TENANT, (work) =>
      sql<{ sealed: Buffer }>`select sealed from app_tokens`.execute(work.sql),
    );
    assert.ok(stored.rows.every(({ sealed }) => !sealed.includes(Buffer.from(bearer.slice(0, 20)))));
    const device = await phone("SERIAL1005");
    const { refusals } = await install([device], "999", { Options: { PurchaseMethod: 1 } });
    assert.equal(refusals[0]?.code, "command.no_licenses");
    const { commands } = await install([device], "999");
    assert.equal((await device.idle()).uuid, commands[0]?.id);
    assert.ok(store.ledger.every(({ body }) => !JSON.stringify(body).includes("SERIAL1003")));
  });
});
