/**
 * What was in use of late, by name: `size` of them, and at most as many again that were in use before. What is asked
 * for again stays; nothing is moved about at each look, as lists of what was used last are, so a look costs one search.
 */
export class Recent<V> {
  readonly #size: number;
  #now = new Map<string, V>();
  #before = new Map<string, V>();

  constructor(size: number) {
    this.#size = size;
  }

  get(name: string): V | undefined {
    const value = this.#now.get(name);
    if (value !== undefined || this.#before.size === 0) return value;
    const older = this.#before.get(name);
    if (older !== undefined) this.set(name, older);
    return older;
  }

  set(name: string, value: V): void {
    if (this.#now.size >= this.#size) {
      this.#before = this.#now;
      this.#now = new Map();
    }
    this.#now.set(name, value);
  }

  delete(name: string): void {
    this.#now.delete(name);
    this.#before.delete(name);
  }
}
