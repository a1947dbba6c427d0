import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Unpacks nats-server from Debian's unstable package without installing it, as any user. apt fetches and verifies it
 * with Debian's signature, in a state of its own: the machine's package sources stay as they are.
 */
export async function unpackNatsFromDebian(version: string, target: string): Promise<void> {
  const folder = await mkdtemp(`${target}.deb-`);
  try {
    const sources = join(folder, "sources.list");
    await writeFile(sources, `deb ${await machineMirror()} sid main\n`);
    await writeFile(join(folder, "status"), "");
    for (const part of ["state/lists/partial", "cache/archives/partial", "package"]) {
      await mkdir(join(folder, part), { recursive: true });
    }
    const settings = {
      "Dir::Etc::sourcelist": sources,
      "Dir::Etc::sourceparts": "/dev/null",
      "Dir::State": join(folder, "state"),
      "Dir::State::status": join(folder, "status"),
      "Dir::Cache": join(folder, "cache"),
      // The sandbox user `_apt` cannot enter our folder.
      "APT::Sandbox::User": "root",
      "Acquire::Retries": "2",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    const apt = (...args: string[]) => run("apt-get", [...options, ...args], { cwd: folder, timeout: 300_000 });
    await apt("update");
    await apt("download", `nats-server=${version}*`);
    const deb = (await readdir(folder)).find((name) => name.endsWith(".deb"));
    if (deb === undefined) throw new Error("apt-get downloaded no package");
    await run("dpkg-deb", ["-x", join(folder, deb), join(folder, "package")]);
    await rename(join(folder, "package/usr/sbin/nats-server"), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where this machine already gets Debian's main packages from. */
async function machineMirror(): Promise<string> {
  const format = "$(SITE) $(ORIGIN) $(COMPONENT)";
  const { stdout } = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const site = stdout
    .split("\n")
    .map((line) => line.split(" "))
    .find(([, origin, component]) => origin === "Debian" && component === "main")?.[0];
  if (site === undefined) throw new Error("this machine has no Debian package source");
  return site;
}
