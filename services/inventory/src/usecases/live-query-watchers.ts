/** Wakes the streams of this replica that wait for a live query's next answer. */
export class LiveQueryWatchers {
  readonly #waiting = new Map<string, Set<() => void>>();

  changed(id: string): void {
    for (const wake of this.#waiting.get(id) ?? []) wake();
  }

  /** Calls `wake` at each change until the returned function is called. */
  watch(id: string, wake: () => void): () => void {
    const wakes = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, wakes.add(wake));
    return () => {
      wakes.delete(wake);
      if (wakes.size === 0) this.#waiting.delete(id);
    };
  }
}
