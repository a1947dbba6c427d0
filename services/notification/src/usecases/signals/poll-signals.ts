import { setTimeout as delay } from "node:timers/promises";
import { metrics } from "@muster/host/telemetry";
import { claimsOf, type Signal } from "../../domain/signals/security-event.ts";
import { accepted, noteSettled, refused, type SignalRefusal, waiting } from "../../storage/signals/queue.ts";
import type { HeldStream } from "../../storage/signals/streams.ts";
import type { ActivityWakes } from "../ports.ts";
import type { SignalDeps } from "./ports.ts";

/** A poll (RFC 8936 §2.4). */
export interface Poll {
  readonly maxEvents: number;
  readonly returnImmediately: boolean;
  readonly ack: readonly string[];
  readonly refusals: readonly SignalRefusal[];
}

export interface PollAnswer {
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

export interface PollDeps extends SignalDeps {
  readonly waker: ActivityWakes;
}

const SET_TYPE = "secevent+jwt";
/** How long a poll is held open; shorter than proxies let a connection be silent. */
const HOLD_MS = 25_000;
const LOOK_MS = 1_000;
/** How many polls one process holds open; one more is answered at once. */
const MOST_HELD = 1_000;

/**
 * What answers polls: it settles what the poll settles, and answers with what waits; if nothing does, once something does or the time
 * is over.
 */
export function poller(deps: PollDeps) {
  const { database, waker } = deps;
  const settled = metrics.getMeter("muster").createCounter("muster.signal.settled", { unit: "{signal}" });
  let held = 0;

  const settle = (stream: HeldStream, { ack, refusals }: Poll): Promise<void> =>
    database.tenant(stream.tenant, async ({ sql }) => {
      const took = await accepted(sql, stream, ack);
      const refusedCount = await refused(sql, stream, refusals);
      await noteSettled(sql, stream, took, refusedCount, refusedCount > 0 ? (refusals[0]?.error ?? "") : "");
      settled.add(took, { outcome: "accepted", delivery: "poll" });
      settled.add(refusedCount, { outcome: "refused", delivery: "poll" });
    });

  const hold = async (look: () => Promise<Signal[]>, tenant: string, gone: AbortSignal): Promise<Signal[]> => {
    held++;
    const watching = new AbortController();
    const watch = waker.watch(tenant, watching.signal);
    const end = performance.now() + HOLD_MS;
    try {
      for (;;) {
        await Promise.race([watch.next(), delay(LOOK_MS, undefined, { signal: gone }).catch(() => undefined)]);
        const signals = await look();
        if (signals.length > 0 || gone.aborted || performance.now() >= end) return signals;
      }
    } finally {
      watching.abort();
      held--;
    }
  };

  return async (stream: HeldStream, poll: Poll, gone: AbortSignal): Promise<PollAnswer> => {
    if (poll.ack.length > 0 || poll.refusals.length > 0) await settle(stream, poll);
    if (poll.maxEvents === 0) return { sets: {}, moreAvailable: false };
    const look = () => database.tenant(stream.tenant, ({ sql }) => waiting(sql, stream, poll.maxEvents + 1));
    const signals = await look();
    const isAnswered = poll.returnImmediately || signals.length > 0 || held >= MOST_HELD;
    return answerWith(deps, stream, isAnswered ? signals : await hold(look, stream.tenant, gone), poll.maxEvents);
  };
}

async function answerWith(
  deps: PollDeps,
  stream: HeldStream,
  signals: readonly Signal[],
  most: number,
): Promise<PollAnswer> {
  const sets = await Promise.all(
    signals.slice(0, most).map(async (signal) => [signal.jti, await setOf(deps, stream, signal)] as const),
  );
  return { sets: Object.fromEntries(sets), moreAvailable: signals.length > most };
}

/** The signal as a signed security event token. */
export const setOf = (
  { signer, issuerOf }: SignalDeps,
  { tenant, id, audience, dialect }: Pick<HeldStream, "tenant" | "id" | "audience" | "dialect">,
  signal: Signal,
): Promise<string> =>
  signer.sign(SET_TYPE, claimsOf(signal, { tenant, streamId: id, issuer: issuerOf(tenant), audience, dialect }));
