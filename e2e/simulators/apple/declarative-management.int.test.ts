import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it, type TestContext } from "node:test";
import type { AppleKind } from "./hardware/apple-models.ts";
import { writePlist } from "./plist/write-plist.ts";
import { enrolledDevice } from "./testing/enrolled-device.ts";
import { tinyDeclarations } from "./testing/tiny-declarations.ts";

const profile = (identifier: string): Buffer =>
  Buffer.from(
    writePlist({
      PayloadType: "Configuration",
      PayloadVersion: 1,
      PayloadIdentifier: identifier,
      PayloadUUID: `${identifier}-uuid`,
      PayloadContent: [],
    }),
  );

interface Identified {
  readonly identifier: string;
  readonly active: boolean;
  readonly valid: string;
  readonly reasons?: readonly { readonly code: string }[];
}

/** A device under declarative management, and a server that keeps declarations and files for it. */
const declarative = async (t: TestContext, kind: AppleKind) => {
  const enrolled = await enrolledDevice(t, kind);
  const declarations = tinyDeclarations();
  const files = new Map<string, Buffer>();
  enrolled.server.answers.reply = (request) => {
    const file = files.get(request.path);
    if (file !== undefined) return request.signer === undefined ? { status: 403 } : { body: file };
    return declarations.answer(request);
  };
  const state = (identifier: string) => {
    const report = enrolled.device.declarationsOf().declarations.report();
    const all = Object.values(report).flatMap((list) => list as unknown as Identified[]);
    const found = all.find((item) => item.identifier === identifier);
    return found && [found.active, found.valid, ...(found.reasons ?? []).map(({ code }) => code)];
  };
  return {
    ...enrolled,
    declarations,
    files,
    state,
    sync: () => enrolled.ask("DeclarativeManagement", { Data: declarations.tokens() }),
  };
};

describe("a device under declarative management", () => {
  it("fetches what is new, drops what is gone, and asks for nothing when the tokens are the same", async (t) => {
    const { declarations, sync, state, device, ask } = await declarative(t, "Mac");
    declarations.activate("passcode.settings", "passcode", { RequirePasscode: true });
    await ask("DeclarativeManagement");
    assert.deepEqual(declarations.asked.slice(0, 2), ["tokens", "declaration-items"]);
    assert.deepEqual(
      [state("passcode"), state("on passcode")],
      [
        [true, "valid"],
        [true, "valid"],
      ],
    );
    declarations.asked.length = 0;
    await sync();
    assert.deepEqual(declarations.asked, []);
    declarations.withdraw("on passcode");
    declarations.declare("configuration.passcode.settings", "passcode", { RequirePasscode: true, MinimumLength: 8 });
    await sync();
    assert.deepEqual(declarations.asked, ["declaration-items", "declaration/configuration/passcode", "status"]);
    assert.deepEqual(state("passcode"), [false, "valid", "Info.NotReferencedByActivation"]);
    assert.deepEqual(device.ledger.of("declarations").at(-1)?.gone, ["on passcode"]);
  });

  it("tells first everything, then only what is news, and everything again when a day is over", async (t) => {
    const { declarations, sync, device } = await declarative(t, "iPhone");
    const names = ["device.model.family", "passcode.is-compliant", "device.identifier.serial-number", "invented.item"];
    const StatusItems = names.map((Name) => ({ Name }));
    declarations.activate("management.status-subscriptions", "tell", { StatusItems });
    await sync();
    const first = declarations.last();
    assert.equal(first.FullReport, true);
    const { device: told, passcode, management } = first.StatusItems;
    assert.deepEqual(told, { model: { family: "iPhone" }, identifier: { "serial-number": device.hardware.serial } });
    assert.deepEqual(passcode, { "is-compliant": true });
    assert.deepEqual(Object.keys(management ?? {}), ["client-capabilities", "declarations"]);
    assert.deepEqual(
      first.Errors.map(({ StatusItem }) => StatusItem),
      ["invented.item"],
    );

    declarations.activate("passcode.settings", "passcode", { MinimumLength: 99 });
    await sync();
    const second = declarations.last();
    assert.equal(second.FullReport, undefined);
    assert.deepEqual(second.StatusItems["passcode"], { "is-compliant": false });
    assert.equal(second.StatusItems["device"], undefined);
    const news = second.StatusItems["management"]?.["declarations"] as Record<string, Identified[]> | undefined;
    assert.deepEqual(
      news?.["configurations"]?.map(({ identifier }) => identifier),
      ["passcode"],
    );

    declarations.withdraw("passcode");
    declarations.withdraw("on passcode");
    await sync();
    assert.deepEqual(declarations.last().StatusItems["management"]?.["declarations"], {
      activations: [{ identifier: "on passcode", _removed: true }],
      configurations: [{ identifier: "passcode", _removed: true }],
    });

    await device.declarationsOf().fullReport();
    assert.equal(declarations.last().FullReport, true);
    const before = declarations.reports.length;
    await device.declarationsOf().changed();
    assert.equal(declarations.reports.length, before);
  });

  it("installs a profile while it is declared, and says why it cannot", async (t) => {
    const { server, declarations, sync, state, device, files } = await declarative(t, "Mac");
    files.set("/profiles/wifi", profile("org.example.wifi"));
    files.set("/profiles/broken", Buffer.from("no profile"));
    const at = (path: string) => ({ ProfileURL: `${server.url}${path}` });
    declarations.activate("legacy", "wifi", at("/profiles/wifi"));
    declarations.activate("legacy", "broken", at("/profiles/broken"));
    declarations.activate("legacy", "nowhere", at("/profiles/nowhere"));
    declarations.activate("legacy", "elsewhere", { ProfileURL: "https://example.org/profile" });
    await sync();
    assert.equal(device.state.profiles.get("org.example.wifi")?.by, "declaration");
    assert.deepEqual(["wifi", "broken", "nowhere", "elsewhere"].map(state), [
      [true, "valid"],
      [false, "invalid", "Error.ConfigurationCannotBeApplied"],
      [false, "invalid", "Error.AssetCannotBeDownloaded"],
      [false, "invalid", "Error.ConfigurationIsInvalid"],
    ]);
    declarations.withdraw("on wifi");
    await sync();
    assert.equal(device.state.profiles.has("org.example.wifi"), false);
  });

  it("decides by predicates, and says which it cannot read or answer", async (t) => {
    const { declarations, sync, state } = await declarative(t, "iPad");
    declarations.declare("management.properties", "properties", { shard: 40 });
    for (const [name, predicate] of [
      ["yes", "(@property(shard) <= 75)"],
      ["no", "@status(device.model.family) == 'Mac'"],
      ["unanswerable", "@property(floor) == 3"],
      ["unreadable", "SUBQUERY(1, 2, 3)"],
    ] as const)
      declarations.activate("management.test", name, { Echo: name }, predicate);
    declarations.declare("activation.simple", "dangling", { StandardConfigurations: ["not there"] });
    declarations.declare("configuration.diskmanagement.settings", "disk", {});
    declarations.declare("activation.simple", "on disk", { StandardConfigurations: ["disk"] });
    await sync();
    assert.deepEqual(["on yes", "on no", "on unanswerable", "on unreadable", "dangling"].map(state), [
      [true, "valid"],
      [false, "valid", "Info.Predicate"],
      [false, "invalid", "Error.UnableToEvaluatePredicate"],
      [false, "invalid", "Error.UnableToParsePredicate"],
      [false, "invalid", "Error.MissingConfigurations"],
    ]);
    assert.deepEqual(state("disk"), [false, "invalid", "Error.ConfigurationNotSupported"]);
    assert.deepEqual(state("properties"), [true, "valid"]);
  });

  it("fetches assets with its identity and believes only those that are as declared", async (t) => {
    const { server, declarations, sync, state, files } = await declarative(t, "Mac");
    const content = Buffer.from("a file");
    files.set("/assets/file", content);
    const asset = (name: string, hash: string): void =>
      declarations.declare("asset.data", name, {
        Reference: { DataURL: `${server.url}/assets/file`, Size: content.length, "Hash-SHA-256": hash },
        Authentication: { Type: "MDM" },
      });
    asset("good", createHash("sha256").update(content).digest("hex"));
    asset("bad", createHash("sha256").update("another").digest("hex"));
    asset("unused", "");
    for (const name of ["good", "bad", "missing"])
      declarations.activate("services.configuration-files", `files ${name}`, {
        ServiceType: "com.apple.sshd",
        DataAssetReference: name,
      });
    await sync();
    assert.deepEqual(["good", "unused", "files good", "files bad", "files missing"].map(state), [
      [true, "valid"],
      [false, "valid", "Info.NotReferencedByConfiguration"],
      [true, "valid"],
      [false, "invalid", "Error.AssetCannotBeVerified"],
      [false, "invalid", "Error.MissingAssets"],
    ]);
  });

  it("waits with a declared update for its deadline, and tells how it went", async (t) => {
    const { declarations, sync, device } = await declarative(t, "iPhone");
    const names = ["install-state", "pending-version", "install-reason", "failure-reason"];
    const StatusItems = [...names.map((name) => `softwareupdate.${name}`), "device.operating-system.version"].map(
      (Name) => ({ Name }),
    );
    declarations.activate("management.status-subscriptions", "tell", { StatusItems });
    const wanted = { TargetOSVersion: "18.9", TargetBuildVersion: "22Z9", TargetLocalDateTime: "2026-12-01T08:00:00" };
    declarations.activate("softwareupdate.enforcement.specific", "update", wanted);
    await sync();
    const told = (item: string): unknown => declarations.last().StatusItems["softwareupdate"]?.[item];
    assert.equal(told("install-state"), "waiting");
    assert.deepEqual(told("pending-version"), {
      "os-version": "18.9",
      "build-version": "22Z9",
      "target-local-date-time": "2026-12-01T08:00:00",
    });
    assert.deepEqual(told("install-reason"), { reason: ["declaration"], "declaration-id": "update" });
    await device.declarationsOf().passDeadline("no room");
    assert.equal(told("install-state"), "failed");
    await device.declarationsOf().passDeadline();
    assert.equal(told("install-state"), "none");
    assert.deepEqual(declarations.last().StatusItems["device"], { "operating-system": { version: "18.9" } });
    assert.equal(device.state.os.build, "22Z9");
  });

  it("keeps what is declared for a user apart from what is declared for the device", async (t) => {
    const { server, device, declarations } = await declarative(t, "Mac");
    const channel = await device.signIn("ada");
    declarations.activate("management.test", "test", { Echo: "hello" });
    const uuid = server.enqueue("DeclarativeManagement", {}, "ada");
    await channel.poll("by hand");
    await server.report(uuid);
    assert.deepEqual(device.declarationsOf(channel).declarations.identifiers("Configurations"), ["test"]);
    assert.deepEqual(device.declarationsOf().declarations.identifiers("Configurations"), []);
    assert.ok(
      server.checkins
        .all()
        .some(({ message }) => message["Endpoint"] === "tokens" && message["UserShortName"] === "ada"),
    );
  });
});
