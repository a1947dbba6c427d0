import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applicationOf, supersedeKey } from "./supersede.ts";

describe("the key of what takes another's place", () => {
  it("is the profile for installing and removing it, and one for all syncs of declarations", () => {
    const profile = { id: "p", revision: 2 };
    const install = supersedeKey("InstallProfile", { parameters: {}, profile }, "example.wifi");
    assert.equal(install, supersedeKey("RemoveProfile", { parameters: { Identifier: "example.wifi" } }));
    assert.equal(supersedeKey("DeclarativeManagement", { parameters: { Data: "AA==" } }), "DeclarativeManagement");
  });

  it("is the question with all that is asked, and there is none for what is done as often as it was asked for", () => {
    const one = supersedeKey("DeviceInformation", { parameters: { Queries: ["OSVersion"] } });
    assert.notEqual(one, supersedeKey("DeviceInformation", { parameters: { Queries: ["DeviceName"] } }));
    assert.equal(one, supersedeKey("DeviceInformation", { parameters: { Queries: ["OSVersion"] } }));
    assert.equal(supersedeKey("EraseDevice", { parameters: {} }), "");
    assert.equal(supersedeKey("InstallProfile", { parameters: { Payload: "AA==" } }), "");
    assert.equal(supersedeKey("ProfileList", { parameters: {}, rawPlist: "<plist/>" }), "");
  });

  it("is the application where one is named, for installing and removing it", () => {
    const removal = supersedeKey("RemoveApplication", { parameters: { Identifier: "com.example.mail" } });
    const metadata = { "bundle-identifier": "com.example.mail" };
    const manifest = { parameters: { Manifest: { items: [{ metadata }] } } };
    assert.equal(supersedeKey("InstallEnterpriseApplication", manifest), removal);
    assert.equal(supersedeKey("InstallApplication", { parameters: { Identifier: "com.example.mail" } }), removal);
    assert.equal(applicationOf(removal), "com.example.mail");
    assert.equal(supersedeKey("InstallApplication", { parameters: { iTunesStoreID: 1 } }), "");
    assert.equal(applicationOf("profile/com.example.mail"), "");
  });

  it("is another for another question, however long both are", () => {
    const apps = Array.from({ length: 30 }, (_, index) => `com.example.department.application-${index}`);
    const key = (Identifiers: readonly string[]) =>
      supersedeKey("InstalledApplicationList", { parameters: { Identifiers } });
    assert.equal(key(apps), key([...apps]));
    assert.notEqual(key(apps), key([...apps, "com.example.other"]));
    assert.ok(key(apps).length <= 500);
  });
});
