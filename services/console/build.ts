// Builds the console into dist, unless what is there was built from the same sources.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const here = import.meta.dirname;
const stamp = join(here, "dist", ".built-from");

const wanted = fingerprint();
if (built() !== wanted) {
  const vite = join(createRequire(import.meta.url).resolve("vite/package.json"), "../bin/vite.js");
  const { status } = spawnSync(process.execPath, [vite, "build", "--logLevel", "warn"], {
    cwd: here,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(1);
  writeFileSync(stamp, wanted);
}

function built(): string | undefined {
  try {
    return readFileSync(stamp, "utf8");
  } catch {
    return undefined;
  }
}

/** Of everything that the build reads; other versions of its packages show in the lock file. */
function fingerprint(): string {
  const hash = createHash("sha256");
  const folders = ["src", "public", "../../libs/api-client/src"].flatMap((folder) =>
    readdirSync(join(here, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort(),
  );
  const single = ["index.html", "vite.config.ts", "package.json", "../../package-lock.json"];
  for (const file of [...folders, ...single.map((name) => join(here, name))]) {
    hash.update(`${file.slice(here.length)}\n`).update(readFileSync(file));
  }
  return hash.digest("hex");
}
