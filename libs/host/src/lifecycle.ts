import type { Logger } from "./logging.ts";
import type { Probe } from "./self-test.ts";

/** Kubernetes grants 60 s after SIGTERM by our chart; a process that has not ended by itself ends here. */
const SHUTDOWN_DEADLINE_MS = 45_000;

interface Opened {
  readonly name: string;
  readonly close: () => unknown;
}

/** Closes what was opened, last first, once; and knows whether the process is ready for work. */
export class Lifecycle {
  readonly #log: Logger;
  readonly #opened: Opened[] = [];
  readonly #checks = new Map<string, () => boolean>();
  readonly #probes = new Map<string, Probe>();
  #started = false;
  #stopping: Promise<void> | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Registers what has to be closed. Register in the order of opening: the intake last, so that it closes first. */
  add(name: string, close: () => unknown): void {
    this.#opened.push({ name, close });
  }

  /** Registers a condition without which the process is not ready. */
  check(name: string, isReady: () => boolean): void {
    this.#checks.set(name, isReady);
  }

  /** Registers real work of a library, which the self-test of a traced process does once to see its spans. */
  probe(part: string, work: Probe): void {
    this.#probes.set(part, work);
  }

  get probes(): ReadonlyMap<string, Probe> {
    return this.#probes;
  }

  /** Says that everything is open; from now on the process may be ready, and signals end it in order. */
  started(): void {
    this.#started = true;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        void this.stop().then(
          () => process.exit(0),
          () => process.exit(1),
        );
      });
    }
    this.#log.info("service ready");
  }

  /** What keeps the process from being ready; empty when it is. */
  notReady(): string[] {
    if (this.#stopping !== undefined) return ["stopping"];
    if (!this.#started) return ["starting"];
    return [...this.#checks].filter(([, isReady]) => !isReady()).map(([name]) => name);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#closeAll();
    return this.#stopping;
  }

  async #closeAll(): Promise<void> {
    this.#log.info("service stopping");
    setTimeout(() => {
      this.#log.error("service did not stop in time");
      process.exit(1);
    }, SHUTDOWN_DEADLINE_MS).unref();
    let firstError: unknown;
    for (const { name, close } of this.#opened.toReversed()) {
      try {
        await close();
      } catch (error) {
        this.#log.error({ err: error, part: name }, "part did not close");
        firstError ??= error;
      }
    }
    this.#log.info("service stopped");
    if (firstError !== undefined) throw firstError;
  }
}
