import type { Plist } from "./plist/plist-value.ts";

/** One thing a simulated device was told or did, so that a checker can compare it with what the server holds. */
export type AppleEntry = { readonly at: string } & (
  | { readonly kind: "certificate"; readonly subject: string; readonly sha256: string; readonly serialNumber: string }
  | { readonly kind: "checkin"; readonly messageType: string; readonly channel: string; readonly status: number }
  | { readonly kind: "enrolled"; readonly how: string; readonly profile: string }
  | { readonly kind: "renewed"; readonly profile: string }
  | { readonly kind: "unenrolled"; readonly why: string }
  | { readonly kind: "pushed"; readonly channel: string; readonly believed: boolean }
  | {
      readonly kind: "polled";
      readonly channel: string;
      readonly why: string;
      readonly commands: number;
      readonly last: string;
    }
  | {
      readonly kind: "command";
      readonly channel: string;
      readonly uuid: string;
      readonly requestType: string;
      readonly status: string;
      /** The whole report without the identifiers. */
      readonly report: Plist;
    }
  | {
      readonly kind: "profile";
      readonly action: "installed" | "replaced" | "removed";
      readonly identifier: string;
      readonly uuid: string;
      readonly by: "enrollment" | "command" | "declaration";
    }
  | { readonly kind: "application"; readonly action: "installed" | "removed"; readonly identifier: string }
  | {
      readonly kind: "declarations";
      readonly token: string;
      readonly fetched: readonly string[];
      readonly gone: readonly string[];
    }
  | { readonly kind: "status"; readonly full: boolean; readonly items: readonly string[] }
  | { readonly kind: "updated"; readonly version: string; readonly build: string }
  | { readonly kind: "erased" }
  | { readonly kind: "changed"; readonly what: string }
  | { readonly kind: "restarted" | "shut down" }
  | { readonly kind: "rotated" }
  | { readonly kind: "locked"; readonly message: string }
  | { readonly kind: "refused"; readonly path: string; readonly status: number; readonly code: string }
  | { readonly kind: "failed"; readonly what: string; readonly reason: string }
);

type WithoutTime<T> = T extends unknown ? Omit<T, "at"> : never;
export type EntryOf<K extends AppleEntry["kind"]> = Extract<AppleEntry, { readonly kind: K }>;

/** What became of one command: how often it was delivered and what was said to it. */
export interface CommandHistory {
  readonly requestType: string;
  delivered: number;
  readonly statuses: string[];
}

/** Keeps the last entries and counts all. */
export class AppleLedger {
  readonly #now: () => Date;
  readonly #most: number;
  readonly #waiting = new Set<(entry: AppleEntry) => void>();
  readonly #counts = new Map<string, number>();
  readonly #commands = new Map<string, CommandHistory>();
  #entries: AppleEntry[] = [];

  constructor(now: () => Date, most = 500) {
    this.#now = now;
    this.#most = most;
  }

  add(entry: WithoutTime<AppleEntry>): void {
    const complete = { at: this.#now().toISOString(), ...entry } as AppleEntry;
    this.#counts.set(entry.kind, this.count(entry.kind) + 1);
    if (complete.kind === "command") this.#remember(complete);
    this.#entries.push(complete);
    if (this.#entries.length > this.#most * 2) this.#entries = this.#entries.slice(-this.#most);
    for (const tell of this.#waiting) tell(complete);
  }

  entries(): readonly AppleEntry[] {
    return this.#entries.slice(-this.#most);
  }

  of<K extends AppleEntry["kind"]>(kind: K): readonly EntryOf<K>[] {
    return this.#entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  }

  count(kind: AppleEntry["kind"]): number {
    return this.#counts.get(kind) ?? 0;
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** By the uuid of the command. */
  commands(): ReadonlyMap<string, CommandHistory> {
    return this.#commands;
  }

  /** Resolves with the first entry of a kind, present or future, that fits. */
  async wait<K extends AppleEntry["kind"]>(
    kind: K,
    fits: (entry: EntryOf<K>) => boolean = () => true,
    timeoutMs = 10_000,
  ): Promise<EntryOf<K>> {
    const known = this.of(kind).find(fits);
    if (known !== undefined) return known;
    return await new Promise<EntryOf<K>>((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(tell);
        const last = this.#entries.slice(-5).map((entry) => JSON.stringify(entry).slice(0, 300));
        reject(new Error(`no such "${kind}" entry within ${timeoutMs} ms; the last were ${last.join("\n")}`));
      }, timeoutMs);
      const tell = (entry: AppleEntry): void => {
        if (entry.kind !== kind || !fits(entry as EntryOf<K>)) return;
        clearTimeout(late);
        this.#waiting.delete(tell);
        resolve(entry as EntryOf<K>);
      };
      this.#waiting.add(tell);
    });
  }

  #remember({ uuid, requestType, status }: EntryOf<"command">): void {
    const history = this.#commands.get(uuid) ?? { requestType, delivered: 0, statuses: [] };
    history.delivered += 1;
    history.statuses.push(status);
    this.#commands.set(uuid, history);
    const [oldest] = this.#commands.keys();
    if (this.#commands.size > this.#most && oldest !== undefined) this.#commands.delete(oldest);
  }
}
