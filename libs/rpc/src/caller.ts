import { Metadata } from "@grpc/grpc-js";
import { currentTrace } from "@muster/host/telemetry";

/** On whose behalf a call is made. It travels with every call between services. */
export interface Caller {
  readonly tenant: string;
  /** A person's address, token:<name>, policy:<id>, or the name of the service that calls by itself. */
  readonly actor: string;
  /** Whoever is behind the actor: the user's id, for an API token too. None where the actor is all that is known. */
  readonly person?: string;
  /** The same in every repetition of one request, so that its effect can happen once; none when it is never repeated. */
  readonly requestKey?: string;
}

const TENANT = "muster-tenant";
const ACTOR = "muster-actor";
const PERSON = "muster-person";
const REQUEST_KEY = "muster-request-key";

export function metadataOf(caller: Caller, serviceToken: string): Metadata {
  // A service that is just being restarted is waited for, as long as the call's deadline allows.
  const metadata = new Metadata({ waitForReady: true });
  metadata.set("authorization", `Bearer ${serviceToken}`);
  metadata.set(TENANT, caller.tenant);
  // Metadata is ASCII; a name need not be.
  metadata.set(ACTOR, encodeURIComponent(caller.actor));
  if (caller.person !== undefined) metadata.set(PERSON, caller.person);
  if (caller.requestKey !== undefined) metadata.set(REQUEST_KEY, caller.requestKey);
  const { traceparent } = currentTrace();
  if (traceparent !== undefined) metadata.set("traceparent", traceparent);
  return metadata;
}

export function callerOf(metadata: Metadata): Caller | undefined {
  const tenant = textOf(metadata, TENANT);
  if (tenant === "" || tenant === "*") return undefined;
  const requestKey = textOf(metadata, REQUEST_KEY);
  const person = textOf(metadata, PERSON);
  return {
    tenant,
    actor: decodeURIComponent(textOf(metadata, ACTOR)),
    ...(person !== "" && { person }),
    ...(requestKey !== "" && { requestKey }),
  };
}

export const textOf = (metadata: Metadata, name: string): string => String(metadata.get(name)[0] ?? "");
