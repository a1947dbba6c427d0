import type { SessionEnd } from "./channel/session.ts";
import type { Identity } from "./identity/identity.ts";
import { EnrollmentError } from "./identity/obtain-identity.ts";
import type { Log } from "./log.ts";

export interface AgentOptions {
  readonly load: () => Promise<Identity | undefined>;
  readonly save: (identity: Identity) => Promise<void>;
  /** Undefined if the agent was stopped meanwhile. */
  readonly obtain: () => Promise<Identity | undefined>;
  /** Called once, before the first session. */
  readonly recover: (identity: Identity) => Promise<void>;
  readonly serve: (identity: Identity) => Promise<SessionEnd>;
  /** Waits before an identity that was refused is tried once more. */
  readonly patience: () => Promise<void>;
  readonly log: Log;
}

/** The agent's life: an identity, a session under it, and the next identity when that one is at its end. */
export async function runAgent({ load, save, obtain, recover, serve, patience, log }: AgentOptions): Promise<void> {
  let identity = (await load()) ?? (await obtain());
  if (identity === undefined) return;
  await recover(identity);
  for (;;) {
    const end = await serve(identity);
    if (end.type === "stopped") return;
    if (end.type === "renewed") {
      await save(end.identity);
      log.info("identity renewed", { what: end.what, device: end.identity.deviceId });
      identity = end.identity;
      continue;
    }
    log.warn("the server asks for a new enrollment", { device: identity.deviceId });
    try {
      const next = await obtain();
      if (next === undefined) return;
      identity = next;
    } catch (error) {
      if (!(error instanceof EnrollmentError)) throw error;
      // A server that asks by mistake must not cost us the device: the old identity is kept and tried again.
      log.error("this device cannot enroll again by itself", { error });
      await patience();
    }
  }
}
