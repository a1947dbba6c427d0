import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataFolder } from "@muster/backing/data-folder";
import { nodePrograms } from "../programs.ts";
import { imageArchive } from "./archive.ts";
import { makeControlGroups, removeControlGroups } from "./control-groups.ts";
import { keepKernelSettings } from "./kernel-settings.ts";

/** What a node runs with and is not built here, by how one comes by it on Debian. */
const TOOLS = { runc: "runc", nft: "nftables", iptables: "iptables", ipset: "ipset" } as const;

/** Makes what node-main.ts is started with, by its options; what of it is the machine's is put back as all is closed. */
export async function nodeInputs(
  say: (line: string) => void,
  closing: AsyncDisposableStack,
): Promise<Readonly<Record<string, string>>> {
  for (const [tool, debian] of Object.entries(TOOLS)) {
    if (spawnSync(tool, ["--version"]).status === 0) continue;
    throw new Error(`A node needs ${tool}, which is not on the PATH: apt install ${debian}.`);
  }
  const node = await nodePrograms(say);
  // Short, as names of sockets are made of it.
  const folder = await mkdtemp(join(tmpdir(), "muster-"));
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  await dataFolder(folder, { traversable: true });
  const root = fileURLToPath(new URL("../../../..", import.meta.url));
  const images = await imageArchive({ root, programs: node, folder, say });
  closing.defer(keepKernelSettings());
  const controlGroup = `muster-${process.pid}`;
  makeControlGroups(controlGroup);
  closing.defer(() => removeControlGroups(controlGroup));
  return { node, folder, images, "control-group": controlGroup };
}
