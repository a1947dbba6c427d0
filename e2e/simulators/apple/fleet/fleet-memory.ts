import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SavedEnrollment } from "../enrollment/saved-enrollment.ts";

/** The enrollments of a fleet on disk, one file a device, so that a restarted fleet goes on as the same devices. */
export class FleetMemory {
  readonly #directory: string | undefined;
  readonly #saved = new Map<string, SavedEnrollment>();
  readonly #writing = new Map<string, Promise<void>>();

  private constructor(directory: string | undefined) {
    this.#directory = directory;
  }

  /** Without a directory nothing outlives the process. The seed is part of the place: another seed is another fleet. */
  static async open(directory: string | undefined, seed: string): Promise<FleetMemory> {
    if (directory === undefined) return new FleetMemory(undefined);
    const own = join(directory, `seed-${encodeURIComponent(seed)}`);
    await mkdir(own, { recursive: true, mode: 0o700 });
    const memory = new FleetMemory(own);
    for (const file of await readdir(own)) {
      if (!file.endsWith(".json")) continue;
      const saved = JSON.parse(await readFile(join(own, file), "utf8")) as SavedEnrollment;
      memory.#saved.set(file.slice(0, -".json".length), saved);
    }
    return memory;
  }

  of(name: string): SavedEnrollment | undefined {
    return this.#saved.get(name);
  }

  keep(name: string, saved: SavedEnrollment | undefined): void {
    const directory = this.#directory;
    if (directory === undefined) return;
    const file = join(directory, `${name}.json`);
    const before = this.#writing.get(name) ?? Promise.resolve();
    const write = async (): Promise<void> => {
      if (saved === undefined) return await rm(file, { force: true });
      await writeFile(`${file}.new`, JSON.stringify(saved), { mode: 0o600 });
      await rename(`${file}.new`, file);
    };
    this.#writing.set(name, before.then(write));
  }

  /** Resolves when everything so far is on disk. */
  async flushed(): Promise<void> {
    await Promise.all(this.#writing.values());
  }
}
