/** A sleep that someone may end early, and that ends at once when the owner stops. */
export class Pause {
  readonly #signal: AbortSignal;
  #end: (() => void) | undefined;
  #woken = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async sleep(ms: number): Promise<void> {
    if (this.#woken || this.#signal.aborted) {
      this.#woken = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#signal.removeEventListener("abort", finish);
        this.#end = undefined;
        this.#woken = false;
        resolve();
      };
      const timer = setTimeout(finish, ms);
      this.#signal.addEventListener("abort", finish, { once: true });
      this.#end = finish;
    });
  }

  /** Ends the sleep under way; without one, the next sleep does not happen. */
  wake(): void {
    this.#woken = true;
    this.#end?.();
  }
}
