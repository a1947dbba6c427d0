import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FactChange } from "./host-facts.ts";

/** What happened to a host's facts since it was made, in order: so many drift steps, or one change by a person. */
export type FactEvent = { readonly steps: number } | { readonly set: FactChange };

export interface HostState {
  nodeKey?: string;
  events: FactEvent[];
}

interface Saved {
  readonly seed: string;
  /** ISO time of the fleet's first start; boot times and the like count back from it. */
  readonly epoch: string;
  readonly hosts: Record<string, HostState>;
}

/** The fleet's memory on disk, so that a restarted fleet is the same machines with the same node keys. */
export class FleetState {
  readonly #file: string | undefined;
  readonly #saved: Saved;
  #writing: Promise<void> | undefined;
  #dirty = false;

  private constructor(file: string | undefined, saved: Saved) {
    this.#file = file;
    this.#saved = saved;
  }

  /** Without a directory nothing outlives the process. A file of another seed is another fleet, and is refused. */
  static async open(directory: string | undefined, seed: string, now: Date): Promise<FleetState> {
    const fresh: Saved = { seed, epoch: now.toISOString(), hosts: {} };
    if (directory === undefined) return new FleetState(undefined, fresh);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, "fleet.json");
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return new FleetState(file, fresh);
    const saved = JSON.parse(text) as Saved;
    if (saved.seed !== seed) {
      throw new Error(
        `${file} belongs to a fleet with seed ${saved.seed}; start with that seed or use another --state`,
      );
    }
    return new FleetState(file, saved);
  }

  get epoch(): Date {
    return new Date(this.#saved.epoch);
  }

  host(name: string): HostState {
    return (this.#saved.hosts[name] ??= { events: [] });
  }

  keepNodeKey(name: string, nodeKey: string | undefined): void {
    const host = this.host(name);
    if (nodeKey === undefined) delete host.nodeKey;
    else host.nodeKey = nodeKey;
    this.#save();
  }

  addEvent(name: string, event: FactEvent): void {
    const { events } = this.host(name);
    const last = events.at(-1);
    if ("steps" in event && last !== undefined && "steps" in last) {
      events[events.length - 1] = { steps: last.steps + event.steps };
    } else {
      events.push(event);
    }
    this.#save();
  }

  /** Resolves when everything so far is on disk. */
  async flushed(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  #save(): void {
    this.#dirty = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    while (this.#dirty && this.#file !== undefined) {
      this.#dirty = false;
      await writeFile(`${this.#file}.new`, JSON.stringify(this.#saved), { mode: 0o600 });
      await rename(`${this.#file}.new`, this.#file);
    }
  }
}
