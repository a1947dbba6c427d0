import type { SessionEnd } from "./channel/session.ts";
import type { Identity } from "./identity/identity.ts";
import type { Log } from "./log.ts";

export interface AgentOptions {
  readonly load: () => Promise<Identity | undefined>;
  readonly save: (identity: Identity) => Promise<void>;
  /** Undefined if the agent was stopped meanwhile. */
  readonly obtain: () => Promise<Identity | undefined>;
  /** Called once, before the first session. */
  readonly recover: (identity: Identity) => Promise<void>;
  readonly serve: (identity: Identity) => Promise<SessionEnd>;
  readonly log: Log;
}

/** The agent's life: an identity, a session under it, and the next identity when that one is at its end. */
export async function runAgent({ load, save, obtain, recover, serve, log }: AgentOptions): Promise<void> {
  let identity = (await load()) ?? (await obtain());
  if (identity === undefined) return;
  await recover(identity);
  while (identity !== undefined) {
    const end = await serve(identity);
    if (end.type === "stopped") return;
    if (end.type === "renewed") {
      await save(end.identity);
      log.info("certificate renewed", { device: end.identity.deviceId });
      identity = end.identity;
    } else {
      log.warn("the server asks for a new enrollment", { device: identity.deviceId });
      identity = await obtain();
    }
  }
}
