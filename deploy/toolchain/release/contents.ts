import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { blobFile, type Descriptor } from "./layout.ts";

const NODE = "usr/local/bin/node";

/** Unpacks an image's layers one over the other, which delete nothing of each other. */
export async function unpack(layout: string, layers: readonly Descriptor[], target: string): Promise<void> {
  for (const { digest } of layers) {
    const options = ["--extract", "--gunzip", "--no-same-owner", `--directory=${target}`];
    const child = spawn("tar", [...options, `--file=${blobFile(layout, digest)}`], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [complaint, [status]] = await Promise.all([text(child.stderr), once(child, "close")]);
    assert.equal(status, 0, `The layer ${digest} cannot be unpacked: ${complaint}`);
  }
}

/**
 * Everything with a name and a version that a tree holds, as package URLs without qualifiers and escapes: npm's packages, the
 * workspaces among them, Debian's, and Node itself.
 */
export async function packagesIn(tree: string): Promise<ReadonlySet<string>> {
  const found = [
    ...(await npmPackages(tree)),
    ...(await debianPackages(tree)),
    `pkg:generic/node@${await nodeVersion(tree)}`,
  ];
  return new Set(found);
}

async function npmPackages(tree: string): Promise<string[]> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name === "package.json");
  const manifests = await Promise.all(
    files.map(
      async ({ parentPath, name }) => JSON.parse(await readFile(join(parentPath, name), "utf8")) as NpmManifest,
    ),
  );
  // Some packages have such files for parts of them too, which say how their files are loaded.
  return manifests.flatMap(({ name, version }) => (name && version ? [`pkg:npm/${name}@${version}`] : []));
}

interface NpmManifest {
  readonly name?: string;
  readonly version?: string;
}

async function debianPackages(tree: string): Promise<string[]> {
  const folder = join(tree, "var/lib/dpkg/status.d");
  const statuses = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  return statuses.map((status) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, "m").exec(status)?.[1];
    const name = field("Package") ?? "";
    assert.ok(existsSync(join(tree, "usr/share/doc", name, "copyright")), `The image has ${name} without its license`);
    return `pkg:deb/debian/${name}@${field("Version")}`;
  });
}

/** What the program in a tree runs on, as registries call it (ELF's e_machine): a label would not keep it from being another. */
export async function architectureOf(tree: string): Promise<string | undefined> {
  const program = await open(join(tree, NODE));
  const { buffer } = await program.read(Buffer.alloc(2), 0, 2, 18).finally(() => program.close());
  return { 0x3e: "amd64", 0xb7: "arm64" }[buffer.readUInt16LE()];
}

/** As the program itself says it in its data, as it cannot be run everywhere. */
async function nodeVersion(tree: string): Promise<string> {
  const program = await readFile(join(tree, NODE));
  const mark = "node.js/v";
  for (let at = program.indexOf(mark); at >= 0; at = program.indexOf(mark, at + 1)) {
    const version = /^\d+\.\d+\.\d+/.exec(program.toString("latin1", at + mark.length, at + mark.length + 20))?.[0];
    if (version !== undefined) return version;
  }
  throw new Error("/usr/local/bin/node does not say which version it is");
}
