import { mkdir } from "node:fs/promises";
import { buildArguments } from "../images/build.ts";
import { docker } from "../images/engine.ts";

export interface ReleaseInputs {
  readonly root: string;
  readonly name: string;
  readonly version: string;
  readonly revision: string;
  readonly platforms: readonly string[];
  /** Where the layout is written to. */
  readonly layout: string;
  /** Under which the image is known, such as registry.example.com/muster/gateway:1.2.3. */
  readonly tag: string;
  readonly nodeImage: string | undefined;
  /** The image that lists what is in an image; BuildKit's own choice where it is left out. */
  readonly sbomGenerator: string | undefined;
  /** The address of who builds, which the provenance names. */
  readonly builderId: string | undefined;
}

/** Builds one image for all platforms, with SBOM and provenance, into a folder that is made. */
export async function buildRelease(inputs: ReleaseInputs): Promise<void> {
  const { root, name, version, revision, platforms, layout, tag, nodeImage, sbomGenerator, builderId } = inputs;
  await mkdir(layout, { recursive: false });
  await docker(
    "buildx",
    "build",
    "--progress=plain",
    `--platform=${platforms.join(",")}`,
    `--sbom=${sbomGenerator === undefined ? "true" : `generator=${sbomGenerator}`}`,
    `--provenance=mode=max,version=v1${builderId === undefined ? "" : `,builder-id=${builderId}`}`,
    ...buildArguments({ SERVICE: name, VERSION: version, REVISION: revision, NODE_IMAGE: nodeImage }),
    `--output=type=oci,name=${tag},dest=${layout},tar=false`,
    root,
  );
}

/** Gives a registry what a layout holds, byte by byte, under a tag. @throws where the registry has something else then */
export async function pushRelease(layout: string, digest: string, tag: string): Promise<void> {
  await docker(
    "buildx",
    "imagetools",
    "create",
    "--prefer-index=false",
    `--tag=${tag}`,
    `oci-layout://${layout}@${digest}`,
  );
  const pushed = await docker("buildx", "imagetools", "inspect", "--format={{.Manifest.Digest}}", tag);
  if (pushed !== digest) throw new Error(`${tag} is ${pushed} in the registry, and ${digest} is what was checked.`);
}
