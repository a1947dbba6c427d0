import { type Identity, renewalTime } from "../identity/identity.ts";
import { renew } from "../identity/renew.ts";
import type { Log } from "../log.ts";
import type { Backoff } from "./backoff.ts";
import { createBell } from "./bell.ts";
import type { Server } from "./server.ts";
import { asReenroll, ReenrollNeeded } from "./server-error.ts";

export interface RenewalOptions {
  readonly server: Server;
  readonly identity: Identity;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Timers do not count while a machine sleeps, so the clock is looked at this often. */
const LOOK_MS = 3600_000;

/** Resolves with the renewed identity once two thirds of the certificate's life are over, or with nothing when the signal aborts. */
export async function renewInTime({
  server,
  identity,
  backoff,
  log,
  signal,
  now,
}: RenewalOptions): Promise<Identity | undefined> {
  const due = renewalTime(identity);
  const pause = createBell();
  while (!signal.aborted) {
    let waitMs = due.getTime() - now().getTime();
    if (waitMs <= 0) {
      try {
        return await renew(server, identity, signal);
      } catch (error) {
        if (signal.aborted) return undefined;
        const failure = asReenroll(error);
        if (failure instanceof ReenrollNeeded) throw failure;
        waitMs = backoff.afterMs(failure);
        log.warn("certificate could not be renewed", { error: failure, waitMs });
      }
    }
    await pause.wait(Math.min(waitMs, LOOK_MS), signal);
  }
  return undefined;
}
