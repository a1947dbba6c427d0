import type { webcrypto } from "node:crypto";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { Claim } from "../domain/claim.ts";
import type { Device, IssuedCertificate, Status } from "../domain/device.ts";
import type { EnrollSecret } from "../domain/enroll-secret.ts";
import type { EnrollmentToken } from "../domain/enrollment-token.ts";
import type { LastSeen } from "../domain/identity-decision.ts";
import type { RegistryEvent } from "../domain/registry-event.ts";

export interface Registry {
  /** One transaction on one tenant's rows. It may run more than once. */
  tenant<T>(tenant: string, work: (registry: RegistryWork) => Promise<T>): Promise<T>;
  /** One transaction over all tenants: for those who show a secret and do not know whose it is. */
  everywhere<T>(work: (registry: RegistryWork) => Promise<T>): Promise<T>;
}

export interface DeviceFilter {
  readonly status: Status | undefined;
  readonly duplicatesOnly: boolean;
  /** Only those with a smaller id: where the page before ended. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** What can be read and written inside one transaction. */
export interface RegistryWork {
  /** Keeps all others who claim one of these identities waiting until the transaction ends. */
  lockIdentities(claims: readonly Claim[]): Promise<void>;
  /** Every device that one of the claims may be, locked. */
  candidates(claims: readonly Claim[]): Promise<Device[]>;
  /** The device, locked. */
  device(tenant: string, id: string): Promise<Device | undefined>;
  /** Newest first. */
  devices(tenant: string, filter: DeviceFilter): Promise<Device[]>;
  saveDevices(devices: readonly Device[]): Promise<void>;

  secretsByHash(sha256: readonly string[]): Promise<Map<string, EnrollSecret>>;
  secrets(tenant: string): Promise<EnrollSecret[]>;
  /** False when the same secret exists already, in whatever tenant. */
  addSecret(secret: EnrollSecret): Promise<boolean>;
  /** Keeps the time of the first revocation; nothing when there is no such secret. */
  revokeSecret(tenant: string, id: string, at: Date): Promise<EnrollSecret | undefined>;
  countSecretUses(uses: readonly SecretUses[]): Promise<void>;

  /** The token, locked. */
  tokenByHash(sha256: string): Promise<EnrollmentToken | undefined>;
  tokens(tenant: string): Promise<EnrollmentToken[]>;
  addToken(token: EnrollmentToken): Promise<void>;
  revokeToken(tenant: string, id: string, at: Date): Promise<EnrollmentToken | undefined>;
  /** Another hash for a token that was not revoked; nothing when there is none. */
  replaceToken(tenant: string, id: string, sha256: string): Promise<EnrollmentToken | undefined>;
  countTokenUse(token: EnrollmentToken): Promise<void>;

  /** Whose secret or token this is; else the only tenant there is; else nothing. */
  tenantToTell(sha256: string): Promise<string | undefined>;

  /** Tells the event if, and only if, the transaction commits. The device caused it when no actor is named. */
  announce(event: RegistryEvent, options?: { readonly actor?: string; readonly trace?: TraceCarrier }): void;
}

export interface SecretUses {
  readonly tenant: string;
  readonly id: string;
  readonly count: number;
}

/** Asks inventory when it last heard of a device. Never fails: what cannot be had is "unreachable". */
export type AskLastSeen = (tenant: string, deviceId: string) => Promise<LastSeen>;

/** A certificate request that has been read and is proven to come from the holder of its key. */
export interface CertificateRequest {
  readonly publicKey: webcrypto.CryptoKey;
}

export interface SignedCertificate extends IssuedCertificate {
  readonly pem: string;
}

export interface CertificateAuthority {
  /** The issuer's certificate, then those above it, as PEM. */
  readonly chain: readonly string[];
  issue(device: Device, request: CertificateRequest, now: Date): Promise<SignedCertificate>;
}
