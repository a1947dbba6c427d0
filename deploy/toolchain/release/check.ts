import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configProblems } from "../images/config.ts";
import { architectureOf, packagesIn, unpack } from "./contents.ts";
import { type PlatformImage, readLayout } from "./layout.ts";
import { provenanceProblems } from "./provenance.ts";
import { listedPackages, listProblems, type SpdxDocument, withoutLicense } from "./sbom.ts";

const SPDX = "https://spdx.dev/Document";
const SLSA = "https://slsa.dev/provenance/v1";

export interface Expected {
  /** A folder of services. */
  readonly name: string;
  readonly version: string;
  readonly revision: string;
  readonly platforms: readonly string[];
}

export interface Checked {
  readonly platform: string;
  readonly digest: string;
  /** What a registry sends, and what it is on a disk, in bytes. */
  readonly packed: number;
  readonly unpacked: number;
  readonly packages: number;
}

/** Reads one image's layout and holds it against its own files. @throws with everything that is not as it should be */
export async function checkRelease(layout: string, expected: Expected) {
  const { digest, images } = await readLayout(layout);
  const problems: string[] = [];
  const platforms = images.map(({ platform }) => platform).sort();
  if (platforms.join() !== [...expected.platforms].sort().join()) problems.push(`It is for ${platforms.join(", ")}.`);
  const checked: Checked[] = [];
  for (const image of images) {
    const tree = await mkdtemp(join(tmpdir(), "muster-release-"));
    try {
      await unpack(layout, image.layers, tree);
      const there = await packagesIn(tree);
      const architecture = await architectureOf(tree);
      if (architecture !== image.config.architecture)
        problems.push(`${image.platform}: Its Node is for ${architecture}.`);
      problems.push(...imageProblems(image, there, expected).map((problem) => `${image.platform}: ${problem}`));
      checked.push({
        platform: image.platform,
        digest: image.digest,
        packed: image.layers.reduce((sum, { size }) => sum + size, 0),
        unpacked: await bytesIn(tree),
        packages: there.size,
      });
    } finally {
      await rm(tree, { recursive: true, force: true });
    }
  }
  if (problems.length > 0) throw new Error(`The image of ${expected.name} is no release:\n${problems.join("\n")}`);
  return { digest, checked };
}

function imageProblems(image: PlatformImage, there: ReadonlySet<string>, expected: Expected): readonly string[] {
  const { name, version, revision } = expected;
  const [sbom, ...moreSboms] = image.statements.filter(({ predicateType }) => predicateType === SPDX);
  const [provenance, ...more] = image.statements.filter(({ predicateType }) => predicateType === SLSA);
  if (sbom === undefined || moreSboms.length > 0) return [`It has ${moreSboms.length} SBOMs and not one.`];
  if (provenance === undefined || more.length > 0)
    return [`It has ${more.length} statements of provenance and not one.`];
  const document = sbom.predicate as SpdxDocument;
  return [
    ...configProblems(image.config.config, name, { version, revision }),
    ...listProblems(listedPackages(document), there),
    ...withoutLicense(document).map((purl) => `The SBOM says no license of ${purl}.`),
    ...provenanceProblems(provenance, {
      digest: image.digest,
      revision,
      buildArguments: { SERVICE: name, VERSION: version, REVISION: revision },
    }),
  ];
}

async function bytesIn(tree: string): Promise<number> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await lstat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
