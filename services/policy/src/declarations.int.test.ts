import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Declaration, DeclarationState } from "@muster/contracts/gen/muster/policy/v1/declaration";
import {
  type DeclarationServiceServer,
  DeclarationServiceService,
} from "@muster/contracts/gen/muster/policy/v1/declaration_service";
import { type ClientOf, clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import { type DeclarationChannel, type Items, openDeclarationChannel } from "./testing/declaration-channel.ts";
import { enrollMac } from "./testing/enroll-mac.ts";
import { caller, DEVICE_ORIGIN, startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";

const PASSCODE = "com.apple.configuration.passcode.settings";

describe("declarations", () => {
  let platform: TestPlatform;
  let declarations: ClientOf<DeclarationServiceServer>;
  let devices: DeclarationChannel["client"];
  let ask: DeclarationChannel["ask"];
  let itemsOf: DeclarationChannel["itemsOf"];
  let report: DeclarationChannel["report"];
  let told: TestPlatform["told"];

  before(async () => {
    platform = await startTestPlatform();
    ({ told } = platform);
    declarations = clientOf<DeclarationServiceServer>(DeclarationServiceService, platform.channel);
    ({ client: devices, ask, itemsOf, report } = openDeclarationChannel(platform));
  });

  after(() => platform.stop());

  const enroll = async (changes: object = {}, deviceId: string = randomUUID(), version = 1): Promise<string> => {
    const { apple, ...rest } = changes as { apple?: object };
    const facts = { generations: { apple: version }, ...rest };
    await enrollMac(platform, deviceId, version, facts, { osVersion: "15.1", ...apple });
    return deviceId;
  };

  let names = 0;
  const create = async (changes: object): Promise<Declaration> => {
    const asked = Declaration.fromJSON({ name: `declaration ${++names}`, enabled: true, ...changes });
    const { declaration } = await declarations.createDeclaration({ declaration: asked }, caller);
    return declaration ?? assert.fail("nothing was made");
  };
  const passcode = (deviceIds: readonly string[], more: object = {}) =>
    create({ type: PASSCODE, payload: { MinimumLength: 8 }, selection: { deviceIds }, ...more });

  const identifiers = ({ Declarations }: Items, list: string) =>
    Declarations[list]?.map(({ Identifier }) => Identifier);
  const stateOf = async (deviceId: string, identifier: string) =>
    (await declarations.listDeviceDeclarations({ deviceId }, caller)).declarations.find(
      (each) => each.identifier === identifier,
    );

  it("come to the devices that they are for, each with an activation, and change what devices are told once", async () => {
    const [one, two, other] = [await enroll(), await enroll(), await enroll()];
    const before = await itemsOf(other);
    assert.deepEqual(identifiers(before, "Configurations"), ["muster.status"]);
    assert.deepEqual(identifiers(before, "Management"), ["muster.capabilities", "muster.organization"]);
    assert.deepEqual(await itemsOf(one), before, "devices that are alike share a set");
    const { identifier } = await passcode([one, two]);
    const [first, second] = [await itemsOf(one), await itemsOf(two)];
    assert.deepEqual(first, second);
    assert.notEqual(first.DeclarationsToken, before.DeclarationsToken);
    assert.deepEqual(await itemsOf(other), before);
    assert.equal(first.Declarations["Activations"]?.length, 2);
    const { body } = await ask(one, "tokens");
    const { SyncTokens } = body as { SyncTokens: { DeclarationsToken: string; Timestamp: string } };
    assert.equal(SyncTokens.DeclarationsToken, first.DeclarationsToken);
    assert.match(SyncTokens.Timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const single = await ask(one, `declaration/configuration/${identifier}`);
    const listed = first.Declarations["Configurations"]?.find((each) => each.Identifier === identifier);
    assert.deepEqual(single.body, {
      Type: PASSCODE,
      Identifier: identifier,
      ServerToken: listed?.ServerToken,
      Payload: { MinimumLength: 8 },
    });
    assert.equal((await ask(other, `declaration/configuration/${identifier}`)).status, 404);
    assert.equal((await ask(one, `declaration/asset/${identifier}`)).status, 404);
    for (const endpoint of ["declaration/else/x", "declaration/asset/", "nothing"])
      assert.equal((await ask(one, endpoint)).status, 400);
    await eventually("both changes to be told", async () =>
      (await told("muster.policy.v1.DesiredStateChanged", one)).length === 2 ? true : undefined,
    );
    assert.equal((await told("muster.policy.v1.DesiredStateChanged", other)).length, 1);
  });

  it("are told again only when their content changes, and are gone when they are deleted", async () => {
    const device = await enroll();
    const digest = (await itemsOf(device)).DeclarationsToken;
    const made = await passcode([device]);
    const changed = { ...made, description: "for all", name: `${made.name} renamed` };
    await declarations.updateDeclaration({ id: made.id, declaration: changed, expectedRevisions: [] }, caller);
    const set = await itemsOf(device);
    const longer = { ...changed, payload: { MinimumLength: 9 } };
    await declarations.updateDeclaration({ id: made.id, declaration: longer, expectedRevisions: [2] }, caller);
    assert.notEqual((await itemsOf(device)).DeclarationsToken, set.DeclarationsToken);
    const late = { id: made.id, expectedRevisions: [2] };
    await assert.rejects(declarations.deleteDeclaration(late, caller), { code: "revision.changed" });
    await declarations.deleteDeclaration({ ...late, expectedRevisions: [3] }, caller);
    assert.equal((await itemsOf(device)).DeclarationsToken, digest);
    await eventually("four changes to be told", async () =>
      (await told("muster.policy.v1.DesiredStateChanged", device)).length === 4 ? true : undefined,
    );
  });

  it("that a device cannot take are left out of its set", async () => {
    const [old, mac, phone] = [
      await enroll({ apple: { osVersion: "13.6" } }),
      await enroll(),
      await enroll({ platform: "PLATFORM_IOS", apple: { osVersion: "18.1" } }),
    ];
    await Promise.all([itemsOf(old), itemsOf(mac), itemsOf(phone)]);
    const update = await create({
      softwareUpdate: { targetOsVersion: "99.0", targetLocalDateTime: "2027-01-01T18:00:00" },
      selection: { deviceIds: [old, mac, phone] },
    });
    const has = async (device: string) =>
      identifiers(await itemsOf(device), "Configurations")?.includes(update.identifier);
    assert.deepEqual([await has(old), await has(mac), await has(phone)], [false, true, false]);
    await report(old, [], { device: { "operating-system": { version: "14.7" } } });
    assert.equal(await has(old), true, "it tells of a newer system");
    const supported = { declarations: { configurations: [PASSCODE] } };
    await ask(mac, "status", {
      StatusItems: { management: { "client-capabilities": { "supported-payloads": supported } } },
    });
    assert.equal(await has(mac), false, "it says what it takes");
  });

  it("refer to assets and are named by activations, which take them along", async () => {
    const device = await enroll({ apple: { users: [{ userId: "USER" }] } });
    await itemsOf(device);
    const asset = await create({
      type: "com.apple.asset.credential.certificate",
      payload: {},
      content: Buffer.from("a certificate").toString("base64"),
      contentType: "application/x-pem-file",
    });
    const configuration = await create({
      type: "com.apple.configuration.security.certificate",
      payload: { CredentialAssetReference: asset.identifier },
    });
    await create({
      type: "com.apple.activation.simple",
      payload: { StandardConfigurations: [configuration.identifier], Predicate: "TRUEPREDICATE" },
      selection: { deviceIds: [device] },
    });
    const items = await itemsOf(device);
    assert.deepEqual(identifiers(items, "Assets"), [asset.identifier]);
    assert.equal(identifiers(items, "Activations")?.length, 2, "one of its own, and the one for the subscriptions");
    const { body } = await ask(device, `declaration/asset/${asset.identifier}`);
    const { Payload } = body as { Payload: { Reference: { DataURL: string; Size: number } } };
    assert.equal(Payload.Reference.DataURL, `${DEVICE_ORIGIN}/apple/declarations/content/${asset.contentSha256}`);
    const { content } = await devices.fetchContent({ deviceId: device, sha256: asset.contentSha256 }, caller);
    assert.equal(Buffer.from(content).toString(), "a certificate");
    await assert.rejects(devices.fetchContent({ deviceId: await enroll(), sha256: asset.contentSha256 }, caller), {
      code: "declaration.content_unknown",
    });
    await assert.rejects(declarations.deleteDeclaration({ id: asset.id, expectedRevisions: [] }, caller), {
      code: "declaration.in_use",
    });
    assert.deepEqual(identifiers(await itemsOf(device, "USER"), "Configurations"), []);
    await create({
      type: "com.apple.configuration.legacy",
      payload: {},
      content: Buffer.from("<plist/>").toString("base64"),
      userChannel: true,
      selection: { deviceIds: [device] },
    });
    assert.equal(identifiers(await itemsOf(device, "USER"), "Configurations")?.length, 2);
  });

  it("are refused with every problem and its path", async () => {
    await assert.rejects(
      create({
        type: "com.apple.configuration.account.mail",
        payload: { IncomingServer: { ServerType: "SMTP", AuthenticationMethod: "None" } },
        identifier: "muster.mine",
        selection: {},
      }),
      (error: Error) =>
        [
          "muster.mine".slice(0, 7),
          "payload.IncomingServer.ServerType",
          "payload.IncomingServer.HostName",
          "payload.OutgoingServer",
        ].every((part) => error.message.includes(part)),
    );
    await assert.rejects(
      create({ type: "com.apple.configuration.security.certificate", payload: { CredentialAssetReference: "x" } }),
      {
        code: "declaration.invalid",
      },
    );
    const { warnings } = await create({ type: "com.apple.configuration.of-tomorrow", payload: { Any: 1 } });
    assert.equal(warnings.length, 1);
  });

  it("stand where devices say, and what they tell is told", async () => {
    const device = await enroll({ hostname: "Ada's Mac" });
    await itemsOf(device);
    const made = await passcode([device]);
    const token = (await itemsOf(device)).Declarations["Configurations"]?.find(
      ({ Identifier }) => Identifier === made.identifier,
    )?.ServerToken;
    assert.equal((await stateOf(device, made.identifier))?.state, DeclarationState.DECLARATION_STATE_PENDING);
    const said = (more: object) => ({
      identifier: made.identifier,
      "server-token": token,
      valid: "valid",
      active: true,
      ...more,
    });
    await report(
      device,
      [said({})],
      { passcode: { "is-present": true }, device: { model: { family: "Mac" } } },
      { FullReport: true },
    );
    assert.equal((await stateOf(device, made.identifier))?.state, DeclarationState.DECLARATION_STATE_ACTIVE);
    await report(
      device,
      [
        said({ active: false, valid: "invalid", reasons: [{ code: "Error.ConfigurationFailed", description: "no" }] }),
        { identifier: 7 },
      ],
      { passcode: { "is-present": false } },
    );
    const invalid = await stateOf(device, made.identifier);
    assert.deepEqual(
      [invalid?.state, invalid?.reasons[0]?.code],
      [DeclarationState.DECLARATION_STATE_INVALID, "Error.ConfigurationFailed"],
    );
    const { declaration } = await declarations.getDeclaration({ id: made.id }, caller);
    assert.deepEqual(declaration?.counts, { pending: 0, active: 0, inactive: 0, invalid: 1 });
    const list = await declarations.listDeclarationDevices(
      { declarationId: made.id, state: DeclarationState.DECLARATION_STATE_INVALID, pageSize: 10, pageToken: "" },
      caller,
    );
    assert.deepEqual(
      list.devices.map((each) => each.displayName),
      ["Ada's Mac"],
    );
    const reports = await eventually("two reports to be told", async () => {
      const events = await told("muster.policy.v1.DeviceStatusReported", device);
      return events.length === 2 ? events : undefined;
    });
    assert.deepEqual(reports.at(-1)?.items, {
      passcode: { "is-present": false },
      device: { model: { family: "Mac" } },
    });
    const broken = await devices.answerDeclarations(
      { deviceId: device, userId: "", endpoint: "status", data: Buffer.from("{") },
      caller,
    );
    assert.equal(broken.status, 400);
    await declarations.deleteDeclaration({ id: made.id, expectedRevisions: [] }, caller);
    assert.equal((await stateOf(device, made.identifier))?.state, DeclarationState.DECLARATION_STATE_REMOVING);
    await report(device, [{ identifier: made.identifier, _removed: true }]);
    assert.equal(await stateOf(device, made.identifier), undefined);
  });

  it("of a person's own device tell neither its serial number nor its UDID", async () => {
    const device = await enroll({ ownership: "OWNERSHIP_PERSONAL" });
    await itemsOf(device);
    await report(device, [], {
      device: { identifier: { "serial-number": "C02", udid: "U" }, model: { family: "Mac" } },
      security: { certificate: { list: [{ identifier: "a" }] } },
    });
    const events = await eventually("the report to be told", async () => {
      const found = await told("muster.policy.v1.DeviceStatusReported", device);
      return found.length > 0 ? found : undefined;
    });
    assert.deepEqual(events[0]?.items, { device: { model: { family: "Mac" } } });
  });

  it("are told anew to a device that enrolled again, and are another tenant's no business", async () => {
    const device = await enroll();
    const { DeclarationsToken } = await itemsOf(device);
    await enroll({}, device, 2);
    await eventually("it to be told again", async () => {
      const events = await told("muster.policy.v1.DesiredStateChanged", device);
      return events.at(-1)?.appleGeneration === 2 ? true : undefined;
    });
    assert.equal((await itemsOf(device)).DeclarationsToken, DeclarationsToken);
    const foreign = await devices.answerDeclarations(
      { deviceId: device, userId: "", endpoint: "tokens", data: Buffer.alloc(0) },
      { ...caller, tenant: "other" },
    );
    assert.equal(foreign.status, 404);
    await enroll({ platform: "PLATFORM_LINUX" }, device, 3);
    await eventually("it to be out of reach", async () =>
      (await ask(device, "tokens")).status === 404 ? true : undefined,
    );
  });
});
