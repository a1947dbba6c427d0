/** Where so many wait for each other. When one does not come, nobody goes on. */
export class Rendezvous {
  readonly #all = Promise.withResolvers<void>();
  #missing: number;

  constructor(count: number) {
    this.#missing = count;
    // Who came is told of a break-up; if nobody came yet, nobody has to be.
    this.#all.promise.catch(() => undefined);
  }

  arrive(): Promise<void> {
    this.#missing--;
    if (this.#missing === 0) this.#all.resolve();
    return this.#all.promise;
  }

  /** @param cause what everybody who waits is told. */
  breakUp(cause: unknown): void {
    this.#all.reject(cause);
  }
}
