import { createHistogram, performance, type RecordableHistogram } from "node:perf_hooks";
import { LoadConnection } from "./load-connection.ts";

/** One request, serialised before the clock starts; `answered` may name the request that must follow on the same connection. */
export interface LoadRequest {
  readonly bytes: string | Buffer | readonly (string | Buffer)[];
  answered?(status: number, body: string): LoadRequest | undefined;
}

export interface ClosedLoopOptions {
  readonly url: string;
  /** Origins that connections go to in turn instead: the replicas of one service. */
  readonly origins?: readonly string[];
  /** PEM, for https. */
  readonly ca?: string;
  readonly connections: number;
  /** The next request for a connection, or undefined when there is no more. */
  next(connection: number): LoadRequest | undefined;
  /** Stops asking for more after this; absent means until `next` has no more. */
  readonly forMs?: number;
  /** Whether bodies are handed to `answered`; without it they are only skipped. */
  readonly wantBody?: boolean;
  /** A request without an answer for this long ends the run with an error. */
  readonly silenceMs?: number;
}

export interface LoopResult {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly statuses: ReadonlyMap<number, number>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Connections that were lost and opened again in the middle of a request, which then was sent anew. */
  readonly lost: number;
}

const ms = (histogram: RecordableHistogram, percentile: number): number =>
  histogram.count === 0 ? 0 : histogram.percentile(percentile) / 1000;

/**
 * Keeps `connections` requests in flight, one a connection, each sent when the one before was answered: the rate
 * that comes out is what the server can do, and no queue builds up that would hide it.
 */
export const closedLoop = async (options: ClosedLoopOptions): Promise<LoopResult> => {
  const { origins = [options.url] } = options;
  const histogram = createHistogram();
  const statuses = new Map<number, number>();
  const deadline = performance.now() + (options.forMs ?? Number.POSITIVE_INFINITY);
  let requests = 0;
  let lost = 0;

  const work = async (place: number): Promise<void> => {
    const take = (): LoadRequest | undefined => (performance.now() < deadline ? options.next(place) : undefined);
    const connection = new LoadConnection({ ...options, url: origins[place % origins.length] ?? options.url });
    try {
      lost += await connection.run(take, (status, microseconds) => {
        requests += 1;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        histogram.record(Math.max(1, microseconds));
      });
    } finally {
      connection.close();
    }
  };

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: options.connections }, (_, place) => work(place)));
  const seconds = (performance.now() - startedAt) / 1000;
  const perSecond = requests / seconds;
  return { requests, seconds, perSecond, statuses, p50Ms: ms(histogram, 50), p99Ms: ms(histogram, 99), lost };
};
