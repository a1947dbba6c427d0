import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { checkRelease } from "./check.ts";
import { blobFile } from "./layout.ts";

const EXPECTED = { name: "gateway", version: "1.2.3", revision: "abc", platforms: ["linux/arm64"] };
const AARCH64 = 0xb7;
const X86_64 = 0x3e;

/** What stands in an image of one npm package, one of Debian and Node, as far as it is read. */
const files = (machine: number): Readonly<Record<string, string | Buffer>> => ({
  "muster/node_modules/pino/package.json": '{"name":"pino","version":"10.4.0"}',
  // Of a part of a package: how its files are loaded.
  "muster/node_modules/pino/esm/package.json": '{"type":"module"}',
  "var/lib/dpkg/status.d/libc6": "Package: libc6\nArchitecture: arm64\nVersion: 2.36-9+deb12u14\n",
  "usr/share/doc/libc6/copyright": "LGPL",
  "usr/local/bin/node": Buffer.concat([
    Buffer.alloc(18),
    Buffer.from([machine, 0]),
    Buffer.from("\0node.js/v24.21.0\0"),
  ]),
});

const PURLS = ["pkg:npm/pino@10.4.0", "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=arm64", "pkg:generic/node@24.21.0"];

describe("the check of a release", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-check-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("finds image, SBOM and provenance in order", async () => {
    const { checked } = await checkRelease(await layout("good"), EXPECTED);
    assert.deepEqual(
      checked.map(({ platform, packages }) => ({ platform, packages })),
      [{ platform: "linux/arm64", packages: 3 }],
    );
  });

  it("refuses an SBOM that lacks a package, with the package's name", async () => {
    await assert.rejects(
      checkRelease(await layout("short", { purls: PURLS.slice(1) }), EXPECTED),
      /no release:\nlinux\/arm64: The SBOM lacks pkg:npm\/pino@10\.4\.0/,
    );
  });

  it("refuses a Node that is of another architecture than the image says", async () => {
    await assert.rejects(checkRelease(await layout("other", { machine: X86_64 }), EXPECTED), /Its Node is for amd64/);
  });

  it("refuses an image without provenance, and an index without a platform that was asked for", async () => {
    const bare = await layout("bare", { provenance: false });
    const platforms = ["linux/amd64", "linux/arm64"];
    await assert.rejects(checkRelease(bare, { ...EXPECTED, platforms }), /It is for linux\/arm64\.\n.*of provenance/s);
  });

  it("refuses what was changed after it was built", async () => {
    const damaged = await layout("damaged");
    const { manifests } = JSON.parse(await readFile(join(damaged, "index.json"), "utf8")) as {
      manifests: [{ digest: string }];
    };
    const index = blobFile(damaged, manifests[0].digest);
    await writeFile(index, `${await readFile(index, "utf8")}\n`);
    await assert.rejects(checkRelease(damaged, EXPECTED), /is damaged/);
  });

  async function layout(name: string, { purls = PURLS, machine = AARCH64, provenance = true } = {}): Promise<string> {
    const target = join(folder, name);
    const tree = join(folder, `${name}-tree`);
    await mkdir(join(target, "blobs/sha256"), { recursive: true });
    for (const [path, content] of Object.entries(files(machine))) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await writeFile(join(tree, path), content);
    }
    const blob = async (content: Buffer | object, annotations = {}) => {
      const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
      const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
      await writeFile(blobFile(target, digest), bytes);
      return { mediaType: "any", digest, size: bytes.length, annotations };
    };
    const layer = await blob(execFileSync("tar", ["--create", "--gzip", `--directory=${tree}`, "."]));
    const config = await blob({ architecture: "arm64", config: { User: "65532:65532", Labels: labels() } });
    const image = { ...(await blob({ config, layers: [layer] })), platform: { os: "linux", architecture: "arm64" } };
    const statements = [await blob(spdx(image.digest, purls)), ...(provenance ? [await blob(slsa(image.digest))] : [])];
    const attestation = await blob(
      { config, layers: statements },
      { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image.digest },
    );
    const index = await blob({ manifests: [image, attestation] });
    await writeFile(join(target, "index.json"), JSON.stringify({ manifests: [index] }));
    return target;
  }
});

const labels = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({
      title: "muster-gateway",
      description: "any",
      version: "1.2.3",
      revision: "abc",
      licenses: "any",
    }).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
  );

const subject = (digest: string) => [{ digest: { sha256: digest.replace("sha256:", "") } }];

const spdx = (digest: string, purls: readonly string[]) => ({
  predicateType: "https://spdx.dev/Document",
  subject: subject(digest),
  predicate: {
    spdxVersion: "SPDX-2.3",
    packages: purls.map((referenceLocator) => ({
      name: "any",
      licenseDeclared: "MIT",
      externalRefs: [{ referenceType: "purl", referenceLocator }],
    })),
  },
});

const slsa = (digest: string) => ({
  predicateType: "https://slsa.dev/provenance/v1",
  subject: subject(digest),
  predicate: {
    buildDefinition: {
      buildType: "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
      resolvedDependencies: [{ uri: "pkg:docker/node@24", digest: { sha256: "0".repeat(64) } }],
      externalParameters: {
        request: {
          args: { "build-arg:SERVICE": "gateway", "build-arg:VERSION": "1.2.3", "build-arg:REVISION": "abc" },
        },
      },
    },
    runDetails: { metadata: { buildkit_metadata: { vcs: { revision: "abc" } } } },
  },
});
