/** How long a device goes without an answer, over all the attempts that it takes. */
export class Wait {
  #since: number | undefined;
  longestMs = 0;

  asked(): void {
    this.#since ??= performance.now();
  }

  answered(): void {
    if (this.#since !== undefined) this.longestMs = Math.max(this.longestMs, performance.now() - this.#since);
    this.#since = undefined;
  }
}
