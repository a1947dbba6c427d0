import { SERVICES } from "../../local/topology.ts";
import { docker } from "./engine.ts";
import { requireRelease } from "./release.ts";

export const REPOSITORY = "muster-images";
/** What has an image and is no service. */
export const PROGRAMS = ["cli", "agent"];
export const IMAGES: readonly string[] = [...SERVICES.map(({ name }) => name), ...PROGRAMS];

/** Which images are of another architecture than the engine's own. */
export interface Foreign {
  /** Such as linux/arm64. */
  readonly platform: string;
  readonly images: readonly string[];
}

export interface BuildInputs {
  readonly root: string;
  readonly foreign?: Foreign | undefined;
  /** In the place of the base image that the Dockerfile names, where buildx builds. */
  readonly nodeImage?: string | undefined;
  readonly say: (line: string) => void;
}

export const TAG = "test";
const tagOf = (platform: string): string => `${TAG}-${platform.replaceAll("/", "-")}`;

export const imageOf = (name: string, foreign?: Foreign): string =>
  `${REPOSITORY}/${name}:${foreign?.images.includes(name) ? tagOf(foreign.platform) : TAG}`;

/** Builds the image of every service and program, each as docs/kubernetes.md promises. */
export async function buildImages({ root, foreign, nodeImage, say }: BuildInputs): Promise<void> {
  const own = await docker("version", "--format={{.Server.Os}}/{{.Server.Arch}}");
  for (const name of IMAGES) {
    const image = imageOf(name, foreign);
    const platform = foreign?.images.includes(name) ? foreign.platform : own;
    const how = foreign
      ? ["buildx", "build", "--load", `--platform=${platform}`, ...buildArguments({ NODE_IMAGE: nodeImage })]
      : // An engine without BuildKit does not know it.
        ["build", ...buildArguments({ BUILDPLATFORM: own })];
    say(`building ${image}`);
    await docker(...how, "--quiet", ...buildArguments({ SERVICE: name }), `--tag=${image}`, root);
    await requireRelease(image, name);
  }
}

/** For `docker build`, without what is not given. */
export const buildArguments = (values: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--build-arg=${name}=${value}`]));
