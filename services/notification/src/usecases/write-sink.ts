import type { Sink } from "@muster/contracts/gen/muster/notification/v1/sink";
import type { ReplaySinkRequest } from "@muster/contracts/gen/muster/notification/v1/sink_service";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { configurationJson, type DestinationRegistry, type KnownKind } from "../destinations/registry.ts";
import { refuse } from "../domain/refusals.ts";
import { batchingOf } from "../domain/sinks/batching.ts";
import { joinSecrets, splitSecrets, stillMeant } from "../domain/sinks/secret-fields.ts";
import { type SinkDraft, sinkDraftOf } from "../domain/sinks/sink-draft.ts";
import { breakLease } from "../storage/sink-leases.ts";
import {
  deleteSink,
  enableSink,
  findSink,
  type HeldSink,
  insertSink,
  type KeptDestination,
  moveSink,
  updateSink,
} from "../storage/sinks.ts";
import type { NotificationTables } from "../storage/tables.ts";
import type { SinkSecrets } from "./ports.ts";
import { startOf } from "./sink-start.ts";

export interface WriteSinkDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly vault: SinkSecrets;
  readonly kinds: DestinationRegistry;
  /** Refuses a host that is unknown or may not be reached. */
  readonly checkHost: (host: string) => Promise<void>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export async function createSink(deps: WriteSinkDeps, tenant: string, asked: Sink | undefined): Promise<string> {
  if (asked === undefined) throw refuse("sink.missing", "the request carries no sink");
  const draft = sinkDraftOf(asked);
  const kind = kindAsked(deps, asked, draft);
  const id = deps.newId();
  const destination = await keep(deps, { tenant, id }, kind, asked);
  const batching = batchingOf(asked.batching, kind.batching);
  await deps.database.tenant(tenant, async ({ sql }) => {
    const position = await startOf(sql, tenant, asked.start ?? { time: undefined, position: "" });
    await insertSink(sql, { tenant, id, draft, batching, destination, position, createdAt: deps.now() });
  });
  return id;
}

export async function changeSink(
  deps: WriteSinkDeps,
  tenant: string,
  id: string,
  asked: Sink | undefined,
  expected: readonly number[],
): Promise<void> {
  if (asked === undefined) throw refuse("sink.missing", "the request carries no sink");
  const draft = sinkDraftOf(asked);
  const kind = kindAsked(deps, asked, draft);
  const before = await deps.database.tenant(tenant, ({ sql }) => findSink(sql, tenant, id));
  refuseOtherKind(before, kind);
  const destination = await keep(deps, before, kind, asked, before);
  const batching = batchingOf(asked.batching, kind.batching);
  await deps.database.tenant(tenant, async ({ sql }) => {
    await updateSink(sql, { tenant, id, draft, batching, destination, expected });
    await breakLease(sql, tenant, id);
  });
}

/** A sink as it would be kept in place of the one with the id, or as a new one when it is empty; nothing is changed. */
export async function checkSink(deps: WriteSinkDeps, tenant: string, id: string, asked: Sink | undefined) {
  if (asked === undefined) throw refuse("sink.missing", "the request carries no sink");
  const draft = sinkDraftOf(asked);
  const kind = kindAsked(deps, asked, draft);
  const before = id === "" ? undefined : await deps.database.tenant(tenant, ({ sql }) => findSink(sql, tenant, id));
  if (before !== undefined) refuseOtherKind(before, kind);
  const destination = await keep(deps, { tenant, id }, kind, asked, before);
  return { draft, destination, batching: batchingOf(asked.batching, kind.batching) };
}

export const removeSink = (
  { database }: WriteSinkDeps,
  tenant: string,
  id: string,
  expected: readonly number[],
): Promise<void> =>
  database.tenant(tenant, async ({ sql }) => {
    await findSink(sql, tenant, id);
    await deleteSink(sql, { tenant, id, expected });
  });

/** Pauses or resumes; resuming speaks to the other side at once, even when it was left alone. */
export const switchSink = ({ database }: WriteSinkDeps, tenant: string, id: string, enabled: boolean): Promise<void> =>
  database.tenant(tenant, async ({ sql }) => {
    await findSink(sql, tenant, id);
    await enableSink(sql, tenant, id, enabled);
    await breakLease(sql, tenant, id);
  });

export const replaySink = (
  { database }: WriteSinkDeps,
  tenant: string,
  { id, time, position }: ReplaySinkRequest,
): Promise<void> =>
  database.tenant(tenant, async ({ sql }) => {
    await findSink(sql, tenant, id);
    if ((time === undefined) === (position === "")) {
      throw refuse("sink.bad_replay", "say from where on: either a time or a position");
    }
    await moveSink(sql, tenant, id, await startOf(sql, tenant, { time, position }));
    await breakLease(sql, tenant, id);
  });

function refuseOtherKind({ destination }: HeldSink, kind: KnownKind): void {
  if (destination.kind === kind.name) return;
  throw refuse("sink.other_destination", `this sink sends to ${destination.kind}: create another for ${kind.name}`);
}

function kindAsked({ kinds }: WriteSinkDeps, { destination }: Sink, { format }: SinkDraft): KnownKind {
  if (destination === undefined) {
    throw refuse(
      "sink.bad_destination",
      "the sink has no destination: set one of splunkHec, elasticsearch, syslog, file",
    );
  }
  const kind = kinds(destination.$case);
  if (kind.formats !== undefined && !kind.formats.includes(format)) {
    throw refuse("sink.bad_format", `${kind.name} takes ${kind.formats.join(", ")}`);
  }
  return kind;
}

/** Checks a destination and parts it for keeping. Secrets that were not given anew stay while the host is the same. */
async function keep(
  { vault, checkHost }: WriteSinkDeps,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  kind: KnownKind,
  { destination }: Sink,
  before?: HeldSink,
): Promise<KeptDestination> {
  if (destination === undefined) throw new Error("the kind was found by it");
  const { open, secrets: given } = splitSecrets(configurationJson(destination), kind.secrets);
  const kept = before === undefined ? {} : stillMeant(open, vault.openFields(tenant, id, before.destination.sealed));
  const secrets = { ...kept, ...given };
  const whole = joinSecrets(open, secrets);
  kind.check(whole);
  const hosts = kind.hosts(whole);
  if (before !== undefined && hosts.join() !== kind.hosts(before.destination.open).join()) {
    const missing = Object.keys(kept).find((field) => given[field] === undefined);
    if (missing !== undefined) {
      throw refuse("sink.secret_needed", `the host is another one: give ${kind.name}.${missing} anew`);
    }
  }
  for (const host of hosts) await checkHost(host);
  return { kind: kind.name, open, sealed: vault.sealFields(tenant, id, secrets) };
}
