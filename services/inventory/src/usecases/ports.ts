import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { KeysOfHost } from "../domain/admission.ts";
import type { AskedDevice } from "../domain/detail.ts";
import type { Answer } from "../domain/distributed-write.ts";
import type { HostWork } from "../domain/due-work.ts";

export interface DeviceKey {
  readonly tenant: string;
  readonly deviceId: string;
}

export interface Host extends DeviceKey, KeysOfHost, AskedDevice {}

/** Decides for many hosts at once what each is asked now; no work for a host whose key is refused. */
export type ClaimWork = (
  identities: readonly DeviceIdentity[],
  now: Date,
) => Promise<readonly { readonly host: Host; readonly work: HostWork | undefined }[]>;

/** Finds many hosts at once, in the same order; makes those that are not known yet. */
export type FindHosts = (keys: readonly DeviceKey[], now: Date) => Promise<readonly Host[]>;

export interface HostAnswers extends DeviceKey, AskedDevice {
  readonly answers: readonly Answer[];
  /** Those of the answers, when they are about details only. */
  readonly fingerprints: Readonly<Record<string, string>> | undefined;
  readonly at: Date;
  readonly trace: TraceCarrier;
}

/** What became of a batch of answers. */
export interface Recorded {
  readonly changedFacts: number;
  readonly liveQueries: readonly { readonly tenant: string; readonly id: string }[];
  readonly reconsider: readonly DeviceKey[];
}

export type RecordAnswers = (batch: readonly HostAnswers[]) => Promise<Recorded>;

/** Tells all replicas and the devices' channels; what is lost is made good by polling. */
export interface Signals {
  /** These devices, or all of a tenant, may have other work now. Wakes them when there is something new to answer. */
  workChanged(tenant: string, devices: readonly string[] | "all", wake: boolean): void;
  liveQueryChanged(tenant: string, id: string): void;
  configChanged(tenant: string): void;
}
