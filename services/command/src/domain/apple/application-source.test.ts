import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sourceProblems } from "./application-source.ts";

describe("where an application comes from", () => {
  it("is the store, an address over TLS, or a manifest", () => {
    assert.deepEqual(sourceProblems("InstallApplication", { iTunesStoreID: 1 }), []);
    assert.deepEqual(sourceProblems("InstallApplication", {}), [
      "one of iTunesStoreID, Identifier, ManifestURL has to be given",
    ]);
    assert.deepEqual(sourceProblems("InstallApplication", { ManifestURL: "http://example.com/a.plist" }), [
      "ManifestURL has to be https",
    ]);
    const manifest = { items: [{ assets: [{ url: "https://a" }, { url: "http://b" }] }] };
    assert.deepEqual(sourceProblems("InstallEnterpriseApplication", { Manifest: manifest }), [
      "Manifest.items[0].assets[1].url has to be https",
    ]);
    assert.deepEqual(
      sourceProblems("InstallEnterpriseApplication", { Manifest: {}, ManifestURLPinningCerts: ["AA=="] }),
      ["ManifestURLPinningCerts belongs to ManifestURL, which is missing"],
    );
  });

  it("is asked of books and of applications' settings too", () => {
    assert.equal(sourceProblems("RemoveMedia", { MediaType: "Book" }).length, 1);
    assert.deepEqual(sourceProblems("InstallMedia", { MediaType: "Book", MediaURL: "https://example.com/a.pdf" }), [
      "PersistentID is missing: a book from an address is known by it",
    ]);
    const settings = [
      { Item: "Bluetooth", Enabled: true },
      { Item: "ApplicationConfiguration", Configuration: {} },
    ];
    assert.deepEqual(sourceProblems("Settings", { Settings: settings }), ["Settings[1].Identifier is missing"]);
  });
});
