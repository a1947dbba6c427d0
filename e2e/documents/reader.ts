import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { JourneyPlatform } from "../journeys/testing/journey-platform.ts";
import type { Ada } from "./ada.ts";
import { ROOT } from "./documents.ts";
import type { Reader } from "./run-document.ts";

const NOT_OF_A_CLONE = new Set([".git", ".muster", ".turbo"]);

/** What lies around where the documents' readers stand. */
const BACKUP = "#!/bin/sh\necho saved\n";

/**
 * Somebody who stands in a clone, where the platform runs as `npm start` began it. What they write stays in a folder of
 * theirs, which has everything of the clone in it.
 */
export async function readerOf({ platform }: JourneyPlatform, folder: string): Promise<Reader> {
  const { urls, administrator, files } = platform;
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(ROOT)) {
    if (!NOT_OF_A_CLONE.has(entry)) await symlink(join(ROOT, entry), join(folder, entry));
  }
  await symlink(dirname(files.enrollSecret), join(folder, ".muster"));
  const { PATH, HOME } = process.env;
  return {
    folder,
    env: {
      PATH: [join(ROOT, "node_modules/.bin"), PATH].join(delimiter),
      HOME,
      XDG_CONFIG_HOME: join(folder, "settings"),
    },
    names: { "http://localhost:8080": urls.gateway, "https://localhost:8443": urls.device },
    typed: `${administrator.password}\n`,
  };
}

/** Somebody who knows the platform already: signed in, with devices, files, and names for all of them. */
export async function knowingReaderOf(journey: JourneyPlatform, ada: Ada, folder: string): Promise<Reader> {
  const reader = await readerOf(journey, folder);
  await writeFile(join(folder, "backup.sh"), BACKUP);
  await symlink(join(import.meta.dirname, "platform"), join(folder, "platform"));
  const { urls, administrator } = journey.platform;
  return {
    ...reader,
    env: { ...reader.env, MUSTER_SERVER: urls.gateway, MUSTER_TOKEN: administrator.token },
    names: { ...reader.names, ...ada.names },
  };
}
