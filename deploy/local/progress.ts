/** Does one named piece of work, and tells how long it took. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export interface ProgressOptions {
  say: (line: string) => void;
  now: () => number;
  /** Before each step: an interrupted start begins nothing new. */
  signal?: AbortSignal;
}

/** A line per step with its seconds, such as "   0.9 s  Postgres". */
export function progress({ say, now, signal }: ProgressOptions): Step {
  return async (name, work) => {
    signal?.throwIfAborted();
    const startedAt = now();
    const result = await work();
    say(`${((now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${name}`);
    return result;
  };
}
