import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** A container that was started, which `docker stop` and `docker logs` know by its name. */
export interface Container {
  readonly name: string;
}

/** What `docker` with these arguments prints. @throws with what it complained of */
export async function docker(...args: readonly string[]): Promise<string> {
  const child = spawn("docker", args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [out, complaint, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`docker ${args.slice(0, 3).join(" ")} … failed:\n${complaint}${out}`);
  return out.trim();
}

/** @throws when no engine answers, with what to do */
export async function requireEngine(): Promise<void> {
  await docker("version", "--format", "{{.Server.Version}}").catch((error: unknown) => {
    throw new Error(
      "The images are built and run by a Docker engine, and none answers. Start one, or name it in DOCKER_HOST.",
      { cause: error },
    );
  });
}

/** Both streams of a container, as lines. */
export async function logsOf({ name }: Container): Promise<readonly string[]> {
  const child = spawn("docker", ["logs", name], { stdio: ["ignore", "pipe", "pipe"] });
  const parts = await Promise.all([text(child.stdout), text(child.stderr)]);
  return parts.join("").split("\n").filter(Boolean);
}

/** Where a published port of a container is reached from here. */
export async function originOf({ name }: Container, port: number): Promise<string> {
  return `http://${(await docker("port", name, String(port))).split("\n")[0]}`;
}
