import { mkdir, readdir, symlink } from "node:fs/promises";
import { hostname } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { JourneyPlatform } from "../journeys/testing/journey-platform.ts";
import { ROOT } from "./documents.ts";
import type { Reader } from "./run-document.ts";

const NOT_OF_A_CLONE = new Set([".git", ".muster", ".turbo"]);

/**
 * Somebody who stands in a clone, where the platform runs as `npm start` began it. What they write stays in a folder of
 * theirs, which has everything of the clone in it.
 */
export async function readerOf({ platform }: JourneyPlatform, folder: string): Promise<Reader> {
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(ROOT)) {
    if (!NOT_OF_A_CLONE.has(entry)) await symlink(join(ROOT, entry), join(folder, entry));
  }
  await symlink(dirname(platform.files.enrollSecret), join(folder, ".muster"));
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    folder,
    env: {
      PATH: [join(ROOT, "node_modules/.bin"), PATH].join(delimiter),
      HOME,
      ...(TMPDIR !== undefined && { TMPDIR }),
      XDG_CONFIG_HOME: join(folder, "settings"),
    },
    names: {
      "http://localhost:8080": platform.urls.gateway,
      "https://localhost:8443": platform.urls.device,
      "https://muster.example.com": platform.urls.gateway,
      "ada@example.com": platform.administrator.email,
      "ada-laptop": hostname(),
    },
    typed: `${platform.administrator.password}\n`,
  };
}
