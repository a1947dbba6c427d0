import { refuse } from "../refusals.ts";

/** How events are gathered before they are sent. */
export interface Batching {
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** How long the first event waits for others. */
  readonly lingerMs: number;
  /** How many batches are on their way at once. */
  readonly inFlight: number;
}

const MOST: Batching = { maxEvents: 10_000, maxBytes: 32 * 1024 * 1024, lingerMs: 3600_000, inFlight: 16 };

/** What was asked for, with the destination's own value where 0 was. */
export function batchingOf(asked: Batching | undefined, usual: Batching): Batching {
  const of = (name: keyof Batching): number => {
    const value = asked?.[name] ?? 0;
    if (value > MOST[name]) throw refuse("sink.bad_batching", `batching.${name} is at most ${MOST[name]}`);
    return value === 0 ? usual[name] : value;
  };
  return {
    maxEvents: of("maxEvents"),
    maxBytes: of("maxBytes"),
    lingerMs: of("lingerMs"),
    inFlight: of("inFlight"),
  };
}
