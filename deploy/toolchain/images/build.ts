import { SERVICES } from "../../local/topology.ts";
import { docker } from "./engine.ts";
import { requireRelease } from "./release.ts";

export const REPOSITORY = "muster-images";
export const TAG = "test";
/** What has an image and is no service. */
export const PROGRAMS = ["cli", "agent"];

export const imageOf = (name: string): string => `${REPOSITORY}/${name}:${TAG}`;

/** Builds the image of every service and program, each as docs/kubernetes.md promises. @returns whose they are */
export async function buildImages(root: string, say: (line: string) => void): Promise<readonly string[]> {
  const names = [...SERVICES.map(({ name }) => name), ...PROGRAMS];
  for (const name of names) {
    say(`building ${imageOf(name)}`);
    await docker("build", "--quiet", `--build-arg=SERVICE=${name}`, `--tag=${imageOf(name)}`, root);
    await requireRelease(imageOf(name), name);
  }
  return names;
}
