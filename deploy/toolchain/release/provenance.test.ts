import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Expected, type Provenance, provenanceProblems } from "./provenance.ts";

const EXPECTED: Expected = {
  digest: `sha256:${"a".repeat(64)}`,
  revision: "0123456789abcdef0123456789abcdef01234567",
  buildArguments: { SERVICE: "gateway", VERSION: "1.2.3" },
};

interface Changes {
  readonly subject?: string;
  readonly buildType?: string;
  readonly revision?: string;
  readonly version?: string;
  readonly dependencies?: Provenance["buildDefinition"]["resolvedDependencies"];
}

/** As BuildKit makes it, cut to what is read, of what is expected but for the changes. */
const statement = ({
  subject = "a".repeat(64),
  buildType = "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
  revision = EXPECTED.revision,
  version = "1.2.3",
  dependencies = [
    { uri: "pkg:docker/node@24-bookworm-slim?platform=linux%2Farm64", digest: { sha256: "b".repeat(64) } },
  ],
}: Changes = {}) => ({
  predicateType: "https://slsa.dev/provenance/v1",
  subject: [{ digest: { sha256: subject } }],
  predicate: {
    buildDefinition: {
      buildType,
      resolvedDependencies: dependencies,
      externalParameters: { request: { args: { "build-arg:SERVICE": "gateway", "build-arg:VERSION": version } } },
    },
    runDetails: { metadata: { buildkit_metadata: { vcs: { revision } } } },
  } satisfies Provenance,
});

describe("the provenance of an image", () => {
  it("is in order when it names the image, the revision, the arguments and the base image's digest", () => {
    assert.deepEqual(provenanceProblems(statement(), EXPECTED), []);
  });

  for (const [what, changes, problem] of [
    ["another image", { subject: "c".repeat(64) }, /of another image/],
    ["another kind of build", { buildType: "https://example.com/by-hand" }, /build type is https:\/\/example/],
    ["sources that were changed", { revision: `${EXPECTED.revision}-dirty` }, /names the revision .*-dirty/],
    ["another version", { version: "1.2.2" }, /has 1\.2\.2 for VERSION, and it was 1\.2\.3/],
    ["no base image", { dependencies: [] }, /no base image/],
    ["a base image that may change", { dependencies: [{ uri: "pkg:docker/node@24" }] }, /node@24 without a digest/],
  ] as const) {
    it(`is refused with ${what}`, () => {
      const problems = provenanceProblems(statement(changes), EXPECTED);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", problem);
    });
  }
});
