import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listedPackages, listProblems, type SpdxDocument, withoutLicense } from "./sbom.ts";

const entry = (purl: string | undefined, licenseDeclared: string, licenseConcluded = "NOASSERTION") => ({
  name: "any",
  licenseDeclared,
  licenseConcluded,
  ...(purl === undefined
    ? {}
    : {
        externalRefs: [
          { referenceType: "cpe23Type", referenceLocator: "cpe:2.3:a:any:any:1:*:*:*:*:*:*:*" },
          { referenceType: "purl", referenceLocator: purl },
        ],
      }),
});

const document = (...packages: ReturnType<typeof entry>[]): SpdxDocument => ({ spdxVersion: "SPDX-2.3", packages });

describe("an SBOM", () => {
  it("lists packages by their URLs, without escapes and qualifiers, and not the image itself", () => {
    const sbom = document(
      entry("pkg:npm/%40muster/host@0.1.0", "Apache-2.0"),
      entry("pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=arm64&distro=debian-12", "NOASSERTION"),
      entry(undefined, "NOASSERTION"),
    );
    assert.deepEqual([...listedPackages(sbom)], ["pkg:npm/@muster/host@0.1.0", "pkg:deb/debian/libc6@2.36-9+deb12u14"]);
  });

  it("agrees with an image that holds what it lists", () => {
    const purls = new Set(["pkg:npm/pino@10.4.0", "pkg:generic/node@24.21.0"]);
    assert.deepEqual(listProblems(purls, new Set([...purls].toReversed())), []);
  });

  it("is wrong about what it lacks and about what it makes up", () => {
    assert.deepEqual(listProblems(new Set(["pkg:npm/a@1.0.0"]), new Set(["pkg:npm/a@1.0.1"])), [
      "The SBOM lacks pkg:npm/a@1.0.1, which is in the image.",
      "The SBOM lists pkg:npm/a@1.0.0, which is not in the image.",
    ]);
  });

  it("says a license of each package, be it declared or found, but not of programs", () => {
    const sbom = document(
      entry("pkg:npm/a@1.0.0", "MIT"),
      entry("pkg:deb/debian/libc6@2.36", "NOASSERTION", "LicenseRef-1"),
      entry("pkg:generic/node@24.21.0", "NOASSERTION"),
      entry("pkg:npm/b@1.0.0", "NONE"),
    );
    assert.deepEqual(withoutLicense(sbom), ["pkg:npm/b@1.0.0"]);
  });
});
