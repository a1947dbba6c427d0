import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { composeSet, type Source } from "./compose-set.ts";
import type { Target } from "./target.ts";
import { isAtLeast } from "./target.ts";

const MAC: Target = {
  platform: "macos",
  osVersion: "15.1",
  supervised: true,
  personal: false,
  user: false,
  supported: undefined,
};
const source = (identifier: string, type: string, payload: object = {}, predicate = ""): Source => ({
  identifier,
  type,
  payload: { ...payload },
  predicate,
  contentSha256: "",
});
const compose = (roots: readonly Source[], others: readonly Source[] = [], target = MAC) =>
  composeSet(roots, new Map([...roots, ...others].map((each) => [each.identifier, each])), target, "acme");
const own = (identifier: string): boolean => identifier.startsWith("muster.");
const TEST = "com.apple.configuration.management.test";

describe("the set of a channel", () => {
  it("has the same token whatever the order of declarations and of keys", () => {
    const [one, two] = [
      source("one", TEST, { Echo: "1", ReturnStatus: "Installed" }),
      source("two", TEST, { Echo: "2" }),
    ];
    const again = source("one", TEST, { ReturnStatus: "Installed", Echo: "1" });
    assert.equal(compose([one, two]).digest, compose([two, again]).digest);
    assert.notEqual(compose([one, two]).digest, compose([one]).digest);
    const tokens = compose([one, two]).members.map(({ serverToken }) => serverToken);
    assert.ok([...tokens, compose([one]).digest].every(({ length }) => length <= 64));
  });

  it("activates each configuration by itself, unless an activation names it", () => {
    const [one, two] = [source("one", TEST, { Echo: "1" }), source("two", TEST, { Echo: "2" }, "FALSEPREDICATE")];
    const activation = source("mine", "com.apple.activation.simple", { StandardConfigurations: ["one"] });
    const { members } = compose([one, two, activation]);
    const activations = members.filter(({ kind }) => kind === "activation").map(({ body }) => body);
    assert.equal(activations.length, 3);
    assert.equal(activations.filter((body) => body.includes('"one"')).length, 1);
    assert.ok(activations.some((body) => body.includes('"two"') && body.includes("FALSEPREDICATE")));
  });

  it("leaves out what cannot be had, and what cannot do without it", () => {
    const asset = source("asset", "com.apple.asset.data");
    const files = source("files", "com.apple.configuration.services.configuration-files", {
      DataAssetReference: "asset",
    });
    const activation = source("mine", "com.apple.activation.simple", { StandardConfigurations: ["files", "gone"] });
    const names = (target: Target) =>
      compose([activation], [files, asset], target)
        .members.map(({ identifier }) => identifier)
        .filter((identifier) => !own(identifier));
    assert.deepEqual(names(MAC), ["mine", "asset", "files"]);
    assert.deepEqual(names({ ...MAC, osVersion: "13.9" }), []);
    assert.deepEqual(names({ ...MAC, platform: "ios", osVersion: "18.1" }), []);
  });

  it("is empty on a user's channel until there is something for it", () => {
    const user = { ...MAC, user: true };
    assert.deepEqual(compose([], [], user).members, []);
    const settings = source("update", "com.apple.configuration.softwareupdate.settings");
    assert.deepEqual(compose([settings], [], user).members, [], "that is the device's own");
    assert.ok(compose([source("one", TEST, { Echo: "1" })], [], user).members.length > 2);
  });

  it("has an administrator's word on the organization instead of the server's", () => {
    const { members } = compose([source("us", "com.apple.management.organization-info", { Name: "Acme" })]);
    assert.deepEqual(
      members.filter(({ kind }) => kind === "management").map(({ identifier }) => identifier),
      ["muster.capabilities", "us"],
    );
  });
});

describe("versions of systems", () => {
  it("are compared by their numbers", () => {
    assert.ok(isAtLeast("15.10", "15.9"));
    assert.ok(isAtLeast("17", "17.0"));
    assert.ok(!isAtLeast("9.3.5", "15.0"));
    assert.ok(!isAtLeast("", "1.1"));
  });
});
