import { createHttpDoor, type HttpDoor, openHttpDoor } from "@muster/host/http-door";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { JWK } from "jose";
import type { Dispatcher } from "undici";
import type { Network } from "../domain/address-policy.ts";
import { refuse } from "../domain/refusals.ts";
import { hostOf, isReachable } from "../outbound/guarded-lookup.ts";
import type { NotificationTables } from "../storage/tables.ts";
import type { ActivityWakes } from "../usecases/ports.ts";
import type { SealedHeaders, SignalDeps } from "../usecases/signals/ports.ts";
import { Pusher } from "../usecases/signals/pusher.ts";
import { openDiscoveryDoor } from "./discovery-door.ts";
import { openPollDoor } from "./poll-door.ts";
import { postSet } from "./post-set.ts";
import { SigningKeys } from "./signing-keys.ts";
import { openStreamDoor } from "./stream-door.ts";
import { openTokenDoor } from "./token-door.ts";

export interface SignalsInputs {
  readonly config: {
    readonly httpPort: number;
    readonly publicUrl: string;
    /** Nothing where there are to be no shared signals. */
    readonly signalKeys: readonly [JWK, ...JWK[]] | undefined;
    readonly allowedNetworks: readonly Network[];
    readonly activityDays: number;
  };
  readonly database: ServiceDatabase<NotificationTables>;
  readonly vault: SealedHeaders;
  readonly agent: Dispatcher;
  readonly waker: ActivityWakes & { wake(tenants: Iterable<string>): void };
  readonly now: () => Date;
  readonly newId: () => string;
  readonly chance: () => number;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

export interface Signals {
  /** Undefined where there are no shared signals. */
  readonly deps: SignalDeps | undefined;
  /** Says that something may wait to be pushed. */
  readonly wake: () => void;
}

const BODY_LIMIT = 1024 * 1024;
// As the gateway names tenants; above all, never the "*" that stands for all of them.
const TENANT = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** The doors for receivers of signals and the pushes to them, if this service was given a key to sign with. */
export async function openSignals(inputs: SignalsInputs): Promise<Signals> {
  const { config, agent, waker, log, lifecycle } = inputs;
  if (config.signalKeys === undefined) return { deps: undefined, wake: () => undefined };
  const signer = await SigningKeys.open(config.signalKeys);
  const origin = new URL(config.publicUrl).origin;
  const { allowedNetworks: allowed } = config;
  const issuerOf = (tenant: string) => `${origin}/ssf/${tenant}`;
  const deps: SignalDeps = {
    ...inputs,
    signer,
    issuerOf,
    checkReceiver: (url) => checkReceiver(hostOf(url), allowed),
    wake: (tenant) => {
      pusher.wake();
      waker.wake([tenant]);
    },
  };
  const post = (url: string, set: string, authorization: string | undefined) =>
    postSet({ agent, allowed }, url, set, authorization);
  const pusher = new Pusher({ ...deps, post, chance: inputs.chance, log, keepDays: config.activityDays });
  pusher.start(lifecycle);

  const door = createHttpDoor({ log, lifecycle, bodyLimit: BODY_LIMIT });
  const stopping = new AbortController();
  refuseNoTenants(door);
  openDiscoveryDoor(door, { issuerOf, jwks: signer.jwks });
  openTokenDoor(door, deps);
  openStreamDoor(door, deps);
  openPollDoor(door, { ...deps, waker }, stopping.signal);
  await openHttpDoor(door, config.httpPort);
  lifecycle.add("signal polls", () => stopping.abort());
  return { deps, wake: () => pusher.wake() };
}

async function checkReceiver(host: string, allowed: readonly Network[]): Promise<void> {
  const reachable = await isReachable(host, allowed).catch((cause: unknown) => {
    throw refuse("signal.unknown_host", `the host ${host} cannot be found`, { cause });
  });
  if (reachable) return;
  // Whoever asks is a stranger: what the name leads to is not for them to know.
  throw refuse("signal.forbidden_address", `${host} leads to an address that signals may not be sent to`);
}

const refuseNoTenants = (door: HttpDoor): void =>
  void door.addHook("onRequest", (request, _reply, done) => {
    const { tenant } = request.params as { tenant?: string };
    if (tenant === undefined || TENANT.test(tenant)) done();
    else done(refuse("signal.stream_unknown", "there is no such tenant"));
  });
