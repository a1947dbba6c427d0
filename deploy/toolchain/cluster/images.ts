import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { SERVICES } from "../../local/topology.ts";

const run = promisify(execFile);

export const REPOSITORY = "muster.test/muster";
export const PAUSE = "muster.test/pause:1";

/** What runs on a node: the services, and what `helm test` starts beside them. */
const PROGRAMS = [...SERVICES.map(({ name }) => name), "agent", "cli"];

interface Image {
  readonly names: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
}

/** The image of a pod that holds nothing but its namespaces. */
export async function pauseImage(program: string, folder: string): Promise<string> {
  const files = await mkdtemp(join(folder, "pause-"));
  await cp(program, join(files, "pause"));
  return archive(files, { names: [PAUSE], config: { Entrypoint: ["/pause"] } });
}

/**
 * One image under the names of all: this tree as the Dockerfile has it, with what all services need. It takes no Docker
 * engine, which the machine may lack.
 */
export async function platformImage(root: string, tags: readonly string[], folder: string): Promise<string> {
  const files = await mkdtemp(join(folder, "platform-"));
  const tree = join(files, "muster");
  await mkdir(tree);
  for (const part of ["package.json", "package-lock.json", "libs", "services"]) {
    await cp(join(root, part), join(tree, part), {
      recursive: true,
      filter: (path) => !path.includes("/node_modules"),
    });
  }
  for (const part of ["deploy", "e2e"]) {
    await mkdir(join(tree, part));
    await cp(join(root, part, "package.json"), join(tree, part, "package.json"));
  }
  const workspaces = PROGRAMS.flatMap((name) => ["--workspace", `services/${name}`]);
  const flags = ["--no-save", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...flags, ...workspaces, "--include-workspace-root=false"], { cwd: tree });
  // The agent's scripts begin in a shell.
  for (const needed of [process.execPath, "/bin/sh"].flatMap((program) => [program, ...librariesOf(program)])) {
    const target = needed === process.execPath ? "/usr/local/bin/node" : needed;
    await mkdir(join(files, dirname(target)), { recursive: true });
    await cp(needed, join(files, target), { dereference: true });
  }
  await mkdir(join(files, "tmp"), { mode: 0o1777 });
  await mkdir(join(files, "etc"));
  await writeFile(join(files, "etc/passwd"), "muster:x:65532:65532::/muster:/nonexistent\n");
  return archive(files, {
    names: tags.flatMap((tag) => PROGRAMS.map((name) => `${REPOSITORY}/${name}:${tag}`)),
    config: {
      Entrypoint: ["node"],
      Env: ["NODE_ENV=production", "MALLOC_ARENA_MAX=2", "PATH=/usr/local/bin"],
      User: "65532:65532",
      WorkingDir: "/muster",
    },
  });
}

const librariesOf = (program: string): string[] =>
  execFileSync("ldd", [program], { encoding: "utf8" }).match(/\/\S+/g) ?? [];

/** As `docker save` writes it, which containerd reads: a configuration, one layer, and a list of what is what. */
async function archive(files: string, { names, config }: Image): Promise<string> {
  const image = `${files}.image`;
  await mkdir(image);
  await run("tar", ["-C", files, "--owner=0", "--group=0", "--mode=a+rX", "-cf", join(image, "layer.tar"), "."]);
  await rm(files, { recursive: true, force: true });
  const digest = createHash("sha256");
  await pipeline(createReadStream(join(image, "layer.tar")), digest);
  const rootfs = { type: "layers", diff_ids: [`sha256:${digest.digest("hex")}`] };
  await writeFile(join(image, "config.json"), JSON.stringify({ architecture: "amd64", os: "linux", config, rootfs }));
  const manifest = [{ Config: "config.json", RepoTags: names, Layers: ["layer.tar"] }];
  await writeFile(join(image, "manifest.json"), JSON.stringify(manifest));
  await run("tar", ["-C", image, "-cf", `${files}.tar`, "manifest.json", "config.json", "layer.tar"]);
  await rm(image, { recursive: true, force: true });
  return `${files}.tar`;
}
