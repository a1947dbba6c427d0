/** Those in this process who wait for a thing to change, by its key. */
export class Watchers {
  readonly #bells = new Map<string, Set<() => void>>();

  /** Has `ring` called whenever the thing changes, until the returned function is called. */
  watch(key: string, ring: () => void): () => void {
    const bells = this.#bells.get(key) ?? new Set();
    this.#bells.set(key, bells.add(ring));
    return () => {
      bells.delete(ring);
      if (bells.size === 0 && this.#bells.get(key) === bells) this.#bells.delete(key);
    };
  }

  notify(key: string): void {
    for (const ring of this.#bells.get(key) ?? []) ring();
  }
}
