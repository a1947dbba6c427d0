import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Of the mounts of this process alone: what containerd, its shims, the plugins and the kubelet write to fixed places of
 * the machine goes to the folder instead, and is gone with it.
 */
export function shieldMachine(folder: string): void {
  const [upper, work] = ["var", "var-work"].map((name) => join(folder, name));
  for (const made of [upper, work]) mkdirSync(made ?? "");
  mount("-t", "overlay", "-o", `lowerdir=/var,upperdir=${upper},workdir=${work}`, "overlay", "/var");
  mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run");
  // Mounts that the kubelet makes for a pod have to be seen by the shim that was there before them.
  mount("--make-rshared", "/");
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`mount ${args.join(" ")} ended with ${status}: ${stderr}`);
}
