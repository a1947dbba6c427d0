import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { docker } from "../images/engine.ts";

export interface ImageInputs {
  readonly programs: string;
  readonly folder: string;
  /** Such as localhost:5000. */
  readonly registry: string;
}

const BASE = join(import.meta.dirname, "../test-images/node.sh");
const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/** The Dockerfile's base image for both platforms, as a registry would have it. @returns its name */
export async function pushBase({ registry }: ImageInputs): Promise<string> {
  await promisify(execFile)(BASE, [process.versions.node, BUNDLE, registry]);
  return `${registry}/node:24-bookworm-slim`;
}

/** What lists what is in an image: syft, as in the image that BuildKit takes by itself. @returns its name */
export async function pushScanner({ programs, folder, registry }: ImageInputs, base: string): Promise<string> {
  const context = join(folder, "scanner");
  await mkdir(context);
  await copyFile(join(programs, "syft"), join(context, "syft"));
  await copyFile(join(import.meta.dirname, "scan.mjs"), join(context, "scan.mjs"));
  await writeFile(
    join(context, "Dockerfile"),
    `FROM ${base}\nCOPY syft /usr/local/bin/syft\nCOPY scan.mjs /scan.mjs\nENTRYPOINT ["/usr/local/bin/node", "/scan.mjs"]\n`,
  );
  const scanner = `${registry}/buildkit-syft-scanner`;
  await docker("buildx", "build", "--quiet", "--provenance=false", "--push", `--tag=${scanner}`, context);
  return scanner;
}
