import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startServer } from "@muster/backing/server-process";
import { pushBase, pushScanner } from "./builder/images.ts";
import { builderPrograms } from "./cluster/programs.ts";
import { docker } from "./images/engine.ts";

// What a release needs, on a machine that reaches no registry of images: a registry (Debian's docker-registry), BuildKit, which runs
// with Debian's runc, buildx, a base image and a scanner. It stays until it is interrupted, and everything goes with it.
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { port } = parseArgs({ options: { port: { type: "string", default: "5000" } } }).values;
const registry = `localhost:${port}`;

const programs = await builderPrograms(say);
await using closing = new AsyncDisposableStack();
const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
const folder = await mkdtemp(join(tmpdir(), "muster-builder-"));
closing.defer(() => rm(folder, { recursive: true, force: true }));

const start = async (name: string, command: string, args: readonly string[], isReady: () => Promise<boolean>) => {
  const logFile = join(folder, `${name}.log`);
  const started = await startServer({
    name,
    command,
    args,
    logFile,
    stopSignal: "SIGTERM",
    readyWithinMs: 60_000,
    isReady,
  });
  closing.defer(() => started.stop());
};
const registryConfig = join(folder, "registry.yaml");
await writeFile(
  registryConfig,
  JSON.stringify({
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, "registry") } },
    http: { addr: `127.0.0.1:${port}` },
  }),
);
await start("docker-registry", "docker-registry", ["serve", registryConfig], () =>
  answers({ host: "127.0.0.1", port: Number(port) }),
);
const socket = join(folder, "buildkit.sock");
const state = join(folder, "buildkit");
const workers = ["--oci-worker=true", "--containerd-worker=false"];
await start("buildkitd", join(programs, "buildkitd"), [`--root=${state}`, `--addr=unix://${socket}`, ...workers], () =>
  answers({ path: socket }),
);

// A configuration of its own: other builds of this user stay as they are.
const config = join(folder, "docker");
await mkdir(join(config, "cli-plugins"), { recursive: true });
await symlink(join(programs, "docker-buildx"), join(config, "cli-plugins", "docker-buildx"));
Object.assign(process.env, { DOCKER_CONFIG: config, BUILDX_BUILDER: "muster" });
await docker("buildx", "create", "--name=muster", "--driver=remote", `unix://${socket}`);
say("making the base image for amd64 and arm64, and the scanner");
const inputs = { programs, folder, registry };
const base = await pushBase(inputs);
const scanner = await pushScanner(inputs, base);
say(`ready; stop it with Ctrl-C. In another terminal:
export DOCKER_CONFIG=${config} BUILDX_BUILDER=muster
npm run release -- --to <folder> --push ${registry}/muster --node-image ${base} --sbom-generator ${scanner}`);
await interrupted;

function answers(
  where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<boolean> {
  const connection = createConnection(where);
  return once(connection, "connect").then(
    () => connection.destroy() !== undefined,
    () => false,
  );
}
