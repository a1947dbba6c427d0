import { Metadata } from "@grpc/grpc-js";
import { currentTrace } from "@muster/host/telemetry";

/** On whose behalf a call is made. It travels with every call between services. */
export interface Caller {
  readonly tenant: string;
  /** A person's address, token:<name>, policy:<id>, or the name of the service that calls by itself. */
  readonly actor: string;
}

const TENANT = "muster-tenant";
const ACTOR = "muster-actor";

export function metadataOf(caller: Caller, serviceToken: string): Metadata {
  // A service that is just being restarted is waited for, as long as the call's deadline allows.
  const metadata = new Metadata({ waitForReady: true });
  metadata.set("authorization", `Bearer ${serviceToken}`);
  metadata.set(TENANT, caller.tenant);
  // Metadata is ASCII; a name need not be.
  metadata.set(ACTOR, encodeURIComponent(caller.actor));
  const { traceparent } = currentTrace();
  if (traceparent !== undefined) metadata.set("traceparent", traceparent);
  return metadata;
}

export function callerOf(metadata: Metadata): Caller | undefined {
  const tenant = textOf(metadata, TENANT);
  if (tenant === "" || tenant === "*") return undefined;
  return { tenant, actor: decodeURIComponent(textOf(metadata, ACTOR)) };
}

export const textOf = (metadata: Metadata, name: string): string => String(metadata.get(name)[0] ?? "");
