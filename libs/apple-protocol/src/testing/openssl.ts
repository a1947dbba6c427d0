import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs openssl in a folder of its own that holds these files; answers with the file `out` if it wrote one. */
export async function openssl(args: readonly string[], files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = await mkdtemp(join(tmpdir(), "muster-openssl-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const { stderr, stdout } = await run("openssl", args, { cwd: folder });
    const out = await readFile(join(folder, "out")).catch(() => Buffer.alloc(0));
    return { out, text: `${stdout}${stderr}` };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const pem = (kind: string, der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`, ""].join("\n");
};
