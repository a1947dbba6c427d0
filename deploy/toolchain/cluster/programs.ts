import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runGo } from "@muster/backing/go";
import { madeOnce } from "../charts/made-once.ts";
import { BUILDER, type Build, CONTROL_PLANE, KUBERNETES, NODE } from "./builds.ts";

const BUILD_WITHIN_MS = 120 * 60_000;

/** The folder with the programs of the API server and who speaks to it; building them takes a while. */
export const clusterPrograms = (say: (line: string) => void): Promise<string> =>
  made("cluster/programs", CONTROL_PLANE, say);

/** The folder with the programs of a node. */
export const nodePrograms = (say: (line: string) => void): Promise<string> => made("cluster/node", NODE, say);

/** The folder with BuildKit, buildx and syft. */
export const builderPrograms = (say: (line: string) => void): Promise<string> => made("release/programs", BUILDER, say);

async function made(name: string, builds: readonly Build[], say: (line: string) => void): Promise<string> {
  const sources = builds.flatMap(({ source }) => (source === undefined ? [] : [sourceFile(source)]));
  const ours = await Promise.all(sources.map((file) => readFile(file, "utf8")));
  return madeOnce({
    name,
    pinned: JSON.stringify(builds) + ours.join(""),
    make: async (work) => {
      const bin = join(work, "bin");
      for (const build of builds) {
        say(`building ${Object.keys(build.programs).join(", ")} with Go (once)`);
        await buildInto(bin, await moduleFolder(work, build), build);
      }
      return bin;
    },
  });
}

const sourceFile = (source: string): string => join(import.meta.dirname, source, "main.go");

/** A module that requires the one that is built, whose own requirements then hold. */
async function moduleFolder(work: string, { modules, source, kubernetesLibraries }: Build): Promise<string> {
  const folder = await mkdtemp(join(work, "module-"));
  const lines = [
    "module muster/cluster",
    "go 1.26.0",
    ...modules.map((module) => `require ${module.replace("@", " ")}`),
  ];
  if (kubernetesLibraries) lines.push(...(await kubernetesReplacements(folder)));
  await writeFile(join(folder, "go.mod"), `${lines.join("\n")}\n`);
  if (source !== undefined) await cp(sourceFile(source), join(folder, "main.go"));
  return folder;
}

/** Kubernetes replaces its libraries by folders that its module lacks; they are modules too, v0 where it is v1. */
async function kubernetesReplacements(folder: string): Promise<string[]> {
  const download = ["mod", "download", "-json", `k8s.io/kubernetes@v${KUBERNETES}`];
  const { GoMod } = JSON.parse(await runGo(download, { cwd: folder, withinMs: BUILD_WITHIN_MS })) as { GoMod: string };
  return [...(await readFile(GoMod, "utf8")).matchAll(/^\s*(\S+) => \.\/staging\//gm)].map(
    ([, library]) => `replace ${library} => ${library} v${KUBERNETES.replace(/^1/, "0")}`,
  );
}

async function buildInto(bin: string, cwd: string, { programs, variables = {} }: Build): Promise<void> {
  const set = Object.entries(variables).map(([name, value]) => ` -X ${name}=${value}`);
  for (const [name, source] of Object.entries(programs)) {
    const args = ["build", "-trimpath", `-ldflags=-s -w${set.join("")}`, `-o=${join(bin, name)}`, source];
    await runGo(args, { cwd, env: { GOFLAGS: `${process.env["GOFLAGS"] ?? ""} -mod=mod` }, withinMs: BUILD_WITHIN_MS });
  }
}
