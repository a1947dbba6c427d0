import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageConfig } from "../images/config.ts";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Configuration {
  readonly architecture: string;
  readonly config: ImageConfig;
}

/** An in-toto statement: what is said of whom. */
export interface Statement {
  readonly predicateType: string;
  readonly subject: readonly { readonly digest: { readonly sha256: string } }[];
  readonly predicate: unknown;
}

/** The image of one platform, with what was said of it. */
export interface PlatformImage {
  /** Such as linux/arm64. */
  readonly platform: string;
  readonly digest: string;
  readonly config: Configuration;
  readonly layers: readonly Descriptor[];
  readonly statements: readonly Statement[];
}

export interface Release {
  /** Of the index, by which a registry knows all of it. */
  readonly digest: string;
  readonly images: readonly PlatformImage[];
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export const blobFile = (folder: string, digest: string): string =>
  join(folder, "blobs", ...(digest.split(":") as [string, string]));

/**
 * A folder in the OCI image layout with one index (OCI Image Format Specification, image-layout.md), whose attestations are
 * where BuildKit puts them: in manifests of their own that name the image's (BuildKit, attestation-storage.md).
 */
export async function readLayout(folder: string): Promise<Release> {
  const top = JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as { manifests: readonly Descriptor[] };
  const [index] = top.manifests;
  assert.ok(index !== undefined && top.manifests.length === 1, `${folder} holds ${top.manifests.length} releases`);
  const { manifests } = await readJson<{ manifests?: readonly Descriptor[] }>(folder, index.digest);
  assert.ok(manifests !== undefined, `${folder} holds no index, only the image of one platform`);
  const images = manifests.filter((each) => kindOf(each) === undefined);
  return {
    digest: index.digest,
    images: await Promise.all(
      images.map(async ({ digest, platform }) => {
        const { config, layers } = await readJson<Manifest>(folder, digest);
        const about = manifests.filter((each) => each.annotations?.["vnd.docker.reference.digest"] === digest);
        return {
          platform: `${platform?.os}/${platform?.architecture}`,
          digest,
          config: await readJson<Configuration>(folder, config.digest),
          layers,
          statements: (await Promise.all(about.map((each) => readStatements(folder, each)))).flat(),
        };
      }),
    ),
  };
}

const kindOf = ({ annotations }: Descriptor): string | undefined => annotations?.["vnd.docker.reference.type"];

async function readStatements(folder: string, attestation: Descriptor): Promise<readonly Statement[]> {
  const { layers } = await readJson<Manifest>(folder, attestation.digest);
  return Promise.all(layers.map(({ digest }) => readJson<Statement>(folder, digest)));
}

async function readJson<T>(folder: string, digest: string): Promise<T> {
  const bytes = await readFile(blobFile(folder, digest));
  assert.equal(`sha256:${createHash("sha256").update(bytes).digest("hex")}`, digest, `${folder} is damaged`);
  return JSON.parse(bytes.toString("utf8")) as T;
}
