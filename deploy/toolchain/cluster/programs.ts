import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runGo } from "@muster/backing/go";
import { madeOnce } from "../charts/made-once.ts";
import { NEWEST_KUBERNETES } from "../charts/schemas.ts";

const BUILD_WITHIN_MS = 90 * 60_000;

interface Build {
  readonly module: string;
  readonly version: string;
  /** What is built, and from which package. */
  readonly programs: Readonly<Record<string, string>>;
  /** String variables that the linker sets. */
  readonly variables?: Readonly<Record<string, string>>;
}

const [major = "", minor = ""] = NEWEST_KUBERNETES.split(".");
const VERSION = "k8s.io/component-base/version";

const kubernetes = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`]));

/** All from Go modules, for which the Go checksum database vouches. */
const BUILDS: readonly Build[] = [
  { module: "go.etcd.io/etcd/server/v3", version: "v3.7.3", programs: { etcd: "go.etcd.io/etcd/server/v3" } },
  {
    module: "k8s.io/kubernetes",
    version: `v${NEWEST_KUBERNETES}`,
    programs: kubernetes("kube-apiserver", "kube-controller-manager", "kubectl"),
    variables: {
      [`${VERSION}.gitVersion`]: `v${NEWEST_KUBERNETES}`,
      [`${VERSION}.gitMajor`]: major,
      [`${VERSION}.gitMinor`]: minor,
    },
  },
];

/** The folder with all programs; building them takes a while. */
export const clusterPrograms = (say: (line: string) => void): Promise<string> =>
  madeOnce({
    name: "cluster/programs",
    pinned: JSON.stringify(BUILDS),
    make: async (work) => {
      const bin = join(work, "bin");
      for (const build of BUILDS) {
        say(`building ${Object.keys(build.programs).join(", ")} with Go (once)`);
        await buildInto(bin, await moduleFolder(work, build), build);
      }
      return bin;
    },
  });

/** A module that requires the one that is built, whose own requirements then hold. */
async function moduleFolder(work: string, { module, version }: Build): Promise<string> {
  const folder = await mkdtemp(join(work, "module-"));
  const download = ["mod", "download", "-json", `${module}@${version}`];
  const { GoMod } = JSON.parse(await runGo(download, { cwd: folder, withinMs: BUILD_WITHIN_MS })) as { GoMod: string };
  const lines = ["module muster/cluster", "go 1.26.0", `require ${module} ${version}`];
  // Kubernetes replaces its libraries by folders that its module lacks; they are modules too, v0 where it is v1.
  for (const [, library] of (await readFile(GoMod, "utf8")).matchAll(/^\s*(\S+) => \.\/staging\//gm)) {
    lines.push(`replace ${library} => ${library} ${version.replace(/^v1/, "v0")}`);
  }
  await writeFile(join(folder, "go.mod"), `${lines.join("\n")}\n`);
  return folder;
}

async function buildInto(bin: string, cwd: string, { programs, variables = {} }: Build): Promise<void> {
  const set = Object.entries(variables).map(([name, value]) => ` -X ${name}=${value}`);
  for (const [name, source] of Object.entries(programs)) {
    const args = ["build", "-trimpath", `-ldflags=-s -w${set.join("")}`, `-o=${join(bin, name)}`, source];
    await runGo(args, { cwd, env: { GOFLAGS: "-mod=mod" }, withinMs: BUILD_WITHIN_MS });
  }
}
