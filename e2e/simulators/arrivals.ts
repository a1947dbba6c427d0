/** Things that arrive over time, and waiting for one that fits. */
export class Arrivals<T> {
  readonly #all: T[] = [];
  readonly #waiting = new Set<() => void>();

  add(arrival: T): void {
    this.#all.push(arrival);
    for (const look of this.#waiting) look();
  }

  all(): readonly T[] {
    return this.#all;
  }

  clear(): void {
    this.#all.length = 0;
  }

  /** Resolves as soon as `find` finds something in what has arrived so far. */
  async until<R>(find: (arrived: readonly T[]) => R | undefined, what: string, timeoutMs = 10_000): Promise<R> {
    const found = find(this.#all);
    if (found !== undefined) return found;
    return await new Promise<R>((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${what} did not arrive within ${timeoutMs} ms (${this.#all.length} arrivals)`));
      }, timeoutMs);
      const look = (): void => {
        const now = find(this.#all);
        if (now === undefined) return;
        clearTimeout(late);
        this.#waiting.delete(look);
        resolve(now);
      };
      this.#waiting.add(look);
    });
  }

  /** Resolves with the first arrival, present or future, that fits. */
  async first(fits: (arrival: T) => boolean, what: string, timeoutMs?: number): Promise<T> {
    return await this.until((arrived) => arrived.find(fits), what, timeoutMs);
  }
}
