/** What one simulated host was asked and what it said, so that a checker can compare it with what the server holds. */
export type LedgerEntry = { readonly at: string } & (
  | { readonly kind: "enrolled"; readonly nodeKey: string }
  | { readonly kind: "asked"; readonly name: string; readonly sql: string }
  | {
      readonly kind: "answered";
      readonly name: string;
      readonly status: number;
      readonly message: string;
      readonly rowCount: number;
      /** Only of small answers: hundreds of software rows for every refetch would fill the memory. */
      readonly rows: readonly Readonly<Record<string, string>>[] | undefined;
      /** Whether the server answered 2xx, which is when it owns the answer. */
      readonly accepted: boolean;
    }
  | {
      readonly kind: "logged";
      readonly logType: "result" | "status";
      readonly lines: number;
      readonly accepted: boolean;
    }
  | { readonly kind: "carved"; readonly path: string; readonly guid: string; readonly accepted: boolean }
  | { readonly kind: "changed"; readonly table: string; readonly what: string }
  | { readonly kind: "refused"; readonly path: string; readonly status: number; readonly nodeInvalid: boolean }
  | { readonly kind: "failed"; readonly path: string; readonly reason: string }
);

type WithoutTime<T> = T extends unknown ? Omit<T, "at"> : never;

/** Keeps the last entries and counts all. */
export class Ledger {
  readonly #most: number;
  readonly #now: () => Date;
  readonly #waiting = new Set<(entry: LedgerEntry) => void>();
  #entries: LedgerEntry[] = [];
  readonly counts: Record<LedgerEntry["kind"], number> = {
    enrolled: 0,
    asked: 0,
    answered: 0,
    logged: 0,
    carved: 0,
    changed: 0,
    refused: 0,
    failed: 0,
  };

  constructor(now: () => Date, most = 500) {
    this.#now = now;
    this.#most = most;
  }

  add(entry: WithoutTime<LedgerEntry>): void {
    const complete: LedgerEntry = { at: this.#now().toISOString(), ...entry };
    this.counts[entry.kind] += 1;
    this.#entries.push(complete);
    if (this.#entries.length > this.#most * 2) this.#entries = this.#entries.slice(-this.#most);
    for (const tell of this.#waiting) tell(complete);
  }

  entries(): readonly LedgerEntry[] {
    return this.#entries.slice(-this.#most);
  }

  /** Resolves with the first entry, present or future, that fits. */
  async wait<E extends LedgerEntry>(fits: (entry: LedgerEntry) => entry is E, timeoutMs?: number): Promise<E>;
  async wait(fits: (entry: LedgerEntry) => boolean, timeoutMs?: number): Promise<LedgerEntry>;
  async wait(fits: (entry: LedgerEntry) => boolean, timeoutMs = 10_000): Promise<LedgerEntry> {
    const known = this.#entries.find((entry) => fits(entry));
    if (known !== undefined) return known;
    return await new Promise<LedgerEntry>((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(tell);
        reject(new Error(`no such ledger entry within ${timeoutMs} ms`));
      }, timeoutMs);
      const tell = (entry: LedgerEntry): void => {
        if (!fits(entry)) return;
        clearTimeout(late);
        this.#waiting.delete(tell);
        resolve(entry);
      };
      this.#waiting.add(tell);
    });
  }
}
